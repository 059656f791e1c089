//! A Simulated KMS in a container, by Testcontainers: copy this file. A test in Rust alone is simpler, and
//! faster, with `kms_emulator::Emulator` in its own process.

use testcontainers::core::{IntoContainerPort as _, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{
    ContainerAsync, ContainerRequest, GenericImage, ImageExt as _, TestcontainersError,
};

const PORT: u16 = 4599;
const SEED: &str = "/seed.yaml";

/// A running emulator; dropped, it is gone with its keys.
pub struct SimulatedKms {
    /// What `AWS_ENDPOINT_URL` is to be for programs outside.
    pub endpoint_url: String,
    _container: ContainerAsync<GenericImage>,
}

/// How the container is started, to be changed at will: `request().with_env_var("KMS_QUOTAS", "aws")`.
pub fn request() -> ContainerRequest<GenericImage> {
    GenericImage::new("simulated-kms", "latest")
        .with_exposed_port(PORT.tcp())
        .with_wait_for(WaitFor::message_on_stdout("Simulated KMS ready at "))
        .into()
}

/// Keys that are there from the start: the text of a seed file, YAML or JSON.
pub fn with_seed(
    request: ContainerRequest<GenericImage>,
    document: &str,
) -> ContainerRequest<GenericImage> {
    let request = request.with_env_var("KMS_SEED", SEED);
    request.with_copy_to(SEED, document.as_bytes().to_vec())
}

/// Starts it, and waits until it is ready.
///
/// # Errors
///
/// What the engine says.
pub async fn start(
    request: ContainerRequest<GenericImage>,
) -> Result<SimulatedKms, TestcontainersError> {
    let container = request.start().await?;
    let host = container.get_host().await?;
    let port = container.get_host_port_ipv4(PORT).await?;
    Ok(SimulatedKms {
        endpoint_url: format!("http://{host}:{port}"),
        _container: container,
    })
}
