//! Three emulators with the same seed, behind a proxy that gives each connection to the next of them.

use std::io::{Write as _, copy};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use crate::client::call;
use crate::process::{Running, emulator, start};

const SEED: &str = "
keys:
  - alias: alias/data
    material: {seed: data}
  - alias: alias/rsa
    spec: RSA_2048
    usage: ENCRYPT_DECRYPT
    material: {seed: rsa}
  - alias: alias/sign
    spec: ECC_NIST_P256
    usage: SIGN_VERIFY
    material: {seed: sign}
  - alias: alias/mac
    spec: HMAC_256
    usage: GENERATE_VERIFY_MAC
    material: {seed: mac}
";
const REPLICAS: usize = 3;

/// The emulators, and the address of the proxy.
struct Cluster {
    replicas: Vec<Running>,
    proxy: SocketAddr,
}

impl Cluster {
    fn start() -> Self {
        let mut seed = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
        seed.write_all(SEED.as_bytes()).unwrap();
        let replica = |_| {
            let mut command = emulator();
            command.args(["--port=0", "--temporary", "--seed"]);
            command.arg(seed.path());
            start(command)
        };
        let replicas: Vec<_> = (0..REPLICAS).map(replica).collect();
        let addresses = replicas.iter().map(|replica| replica.address).collect();
        Self {
            replicas,
            proxy: balance(addresses),
        }
    }

    /// Calls the proxy, which must succeed.
    fn call(&self, operation: &str, input: &Value) -> Value {
        let answer = call(self.proxy, operation, input);
        assert_eq!(answer.status, 200, "{operation} {input}: {}", answer.body);
        answer.json()
    }

    /// Makes the same call as often as there are emulators, so once to each.
    fn call_each(&self, operation: &str, input: &Value) -> Vec<Value> {
        (0..REPLICAS).map(|_| self.call(operation, input)).collect()
    }
}

/// Starts a round-robin proxy. Its threads end with the process.
fn balance(addresses: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let proxy = listener.local_addr().unwrap();
    thread::spawn(move || {
        for (client, address) in listener.incoming().zip(addresses.into_iter().cycle()) {
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(address)) else {
                continue;
            };
            forward(client.try_clone().unwrap(), server.try_clone().unwrap());
            forward(server, client);
        }
    });
    proxy
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[test]
fn what_one_encrypts_signs_or_authenticates_all_others_accept() {
    let cluster = Cluster::start();
    let ids = cluster.call_each("DescribeKey", &json!({ "KeyId": "alias/data" }));
    assert!(
        ids.iter()
            .all(|key| key["KeyMetadata"]["KeyId"] == ids[0]["KeyMetadata"]["KeyId"])
    );

    let plaintext = "c2VjcmV0";
    for (key, algorithm) in [
        ("alias/data", "SYMMETRIC_DEFAULT"),
        ("alias/rsa", "RSAES_OAEP_SHA_256"),
    ] {
        let encrypt =
            json!({ "KeyId": key, "Plaintext": plaintext, "EncryptionAlgorithm": algorithm });
        for encrypted in cluster.call_each("Encrypt", &encrypt) {
            let decrypt = json!({
                "KeyId": key,
                "CiphertextBlob": encrypted["CiphertextBlob"],
                "EncryptionAlgorithm": algorithm,
            });
            for decrypted in cluster.call_each("Decrypt", &decrypt) {
                assert_eq!(decrypted["Plaintext"], plaintext);
            }
        }
    }

    let data_key = json!({ "KeyId": "alias/data", "KeySpec": "AES_256" });
    let data_key = cluster.call("GenerateDataKey", &data_key);
    // Without `KeyId`, as an SDK may send it.
    let decrypt = json!({ "CiphertextBlob": data_key["CiphertextBlob"] });
    for decrypted in cluster.call_each("Decrypt", &decrypt) {
        assert_eq!(decrypted["Plaintext"], data_key["Plaintext"]);
    }

    let mut sign = json!({
        "KeyId": "alias/sign", "Message": plaintext, "SigningAlgorithm": "ECDSA_SHA_256",
    });
    for signed in cluster.call_each("Sign", &sign.clone()) {
        sign["Signature"] = signed["Signature"].clone();
        for verified in cluster.call_each("Verify", &sign) {
            assert_eq!(verified["SignatureValid"], true);
        }
    }

    let mut mac = json!({
        "KeyId": "alias/mac", "Message": plaintext, "MacAlgorithm": "HMAC_SHA_256",
    });
    let generated = cluster.call("GenerateMac", &mac);
    mac["Mac"] = generated["Mac"].clone();
    for verified in cluster.call_each("VerifyMac", &mac) {
        assert_eq!(verified["MacValid"], true);
    }
}

/// What the documentation says does not work.
#[test]
fn each_keeps_to_itself_what_is_made_at_run_time() {
    let cluster = Cluster::start();
    let [one, others @ ..] = cluster.replicas.as_slice() else {
        panic!("no replicas");
    };
    let key = call(one.address, "CreateKey", &json!({})).json();
    let key = json!({ "KeyId": key["KeyMetadata"]["KeyId"] });
    let page = call(one.address, "ListKeys", &json!({ "Limit": 1 })).json();
    assert_eq!(page["Truncated"], true);
    let next = json!({ "Marker": page["NextMarker"] });
    assert_eq!(call(one.address, "ListKeys", &next).status, 200);
    for other in others {
        let unknown = call(other.address, "DescribeKey", &key).json();
        assert_eq!(unknown["__type"], "NotFoundException", "{unknown}");
        let marker = call(other.address, "ListKeys", &next).json();
        assert_eq!(marker["__type"], "InvalidMarkerException", "{marker}");
    }
}
