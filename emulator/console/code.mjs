// @ts-check
// A call of KMS as code, in the languages of AWS's SDKs.

/** @typedef {Record<string, any>} Input */
/** @typedef {{ endpoint: string, region: string, accessKeyId: string }} Place */

/** The members that are bytes. In `Input` they are base64. */
export const BLOBS = new Set([
  'AttestationDocument', 'CiphertextBlob', 'EncryptedKeyMaterial', 'ImportToken', 'Mac', 'Message', 'Plaintext', 'PublicKey',
  'SharedSecretCiphertextBlob', 'Signature',
]);
/** The structures in lists and members, which Java, Go and Rust name. @type {Record<string, string>} */
export const STRUCTURES = {
  Constraints: 'GrantConstraints', Recipient: 'RecipientInfo', Tags: 'Tag',
  XksProxyAuthenticationCredential: 'XksProxyAuthenticationCredentialType',
};
/** Those with required members, which Rust checks when it builds them. */
const CHECKED_IN_RUST = ['Tags', 'XksProxyAuthenticationCredential'];
/** The lists of enums. @type {Record<string, string>} */
export const ENUM_LISTS = { DryRunModifiers: 'DryRunModifierType', Operations: 'GrantOperation', ResourceOwners: 'ResourceOwnerType' };
/** Numbers of 32 bits, and flags, are pointers in Go, but not this one. */
const PLAIN_IN_GO = 'BypassPolicyLockoutSafetyCheck';

/** Go refuses a function that is not used. */
const DECODE_IN_GO = `decode := func(text string) []byte { bytes, _ := base64.StdEncoding.DecodeString(text); return bytes }
`;

/** Whether a member with a text is an enum. @param {string} name */
export function isEnum(name) {
  return /(Algorithm|Spec|Usage|Type|Origin|Model|IncludeKeyMaterial|Connectivity)$/.test(name);
}

/** The parameters of an event, with the names of the API. @param {Record<string, any>} parameters @returns {Input} */
export function fromEvent(parameters) {
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => {
    const name = key[0].toUpperCase() + key.slice(1);
    if (!STRUCTURES[name]) return [name, value];
    return [name, Array.isArray(value) ? value.map(fromEvent) : fromEvent(value)];
  }));
}

/** @param {string} name @param {string} separator */
function words(name, separator) {
  return name.replace(/([a-z\d])([A-Z])/g, `$1${separator}$2`).toLowerCase();
}

/** @param {string} name */
function lowerFirst(name) {
  return name[0].toLowerCase() + name.slice(1);
}

/** A JSON text is also a literal of JavaScript, Python, Java and Go. @param {unknown} value */
function quoted(value) {
  return JSON.stringify(value);
}

/** Rust has other escapes for control characters. @param {unknown} value */
function quotedInRust(value) {
  const codes = { b: '8', f: 'c' };
  return quoted(value).replace(/\\(?:u(....)|(.))/g, (escape, hex, letter) => {
    const code = hex ?? codes[/** @type {'b' | 'f'} */ (letter)];
    return code ? `\\u{${code}}` : escape;
  });
}

/** @param {string} text */
function shell(text) {
  return /^[\w./:=+@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {Input} input @returns {[string, any][]} */
function members(input) {
  return Object.entries(input).filter(([, value]) => value !== undefined);
}

/** @param {Input} input */
function hasBytes(input) {
  return members(input).some(([name]) => BLOBS.has(name));
}

/** @param {string} operation @param {Input} input @param {Place} place */
function cli(operation, input, place) {
  const options = members(input).map(([name, value]) => {
    const option = words(name, '-');
    if (typeof value === 'boolean') return value ? `--${option}` : `--no-${option}`;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `--${option}${text.startsWith('-') ? '=' : ' '}${shell(text)}`;
  });
  const all = [`aws kms ${words(operation, '-')}`, ...options, `--region ${place.region}`, `--endpoint-url ${place.endpoint}`];
  // Version 1 takes a text for the bytes themselves.
  return (hasBytes(input) ? '# AWS CLI version 2, which takes bytes in base64\n' : '') + all.join(' \\\n  ');
}

/** @param {Input} input @param {(name: string, value: any) => string} member @param {string} indent */
function lines(input, member, indent) {
  return members(input).map(([name, value]) => `${indent}${member(name, value)}`).join('\n');
}

/** @param {string} operation @param {Input} input @param {Place} place */
function javaScript(operation, input, { endpoint, region }) {
  const member = (/** @type {string} */ name, /** @type {any} */ value) =>
    `${name}: ${BLOBS.has(name) ? `Buffer.from(${quoted(value)}, 'base64')` : quoted(value)},`;
  return `import { KMSClient, ${operation}Command } from '@aws-sdk/client-kms';

const kms = new KMSClient({ endpoint: '${endpoint}', region: '${region}' });
const answer = await kms.send(new ${operation}Command({
${lines(input, member, '  ')}
}));
console.log(answer);`;
}

/** @param {any} value @returns {string} */
function pythonValue(value) {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(', ')}]`;
  if (value && typeof value === 'object') {
    return `{${members(value).map(([name, item]) => `${quoted(name)}: ${pythonValue(item)}`).join(', ')}}`;
  }
  return quoted(value);
}

/** @param {string} operation @param {Input} input @param {Place} place */
function python(operation, input, { endpoint, region }) {
  const member = (/** @type {string} */ name, /** @type {any} */ value) =>
    `${name}=${BLOBS.has(name) ? `base64.b64decode(${quoted(value)})` : pythonValue(value)},`;
  return `import base64
import boto3

kms = boto3.client("kms", endpoint_url="${endpoint}", region_name="${region}")
answer = kms.${words(operation, '_')}(
${lines(input, member, '    ')}
)
print(answer)`;
}

/** @param {string} name @param {any} value @returns {string} */
function javaValue(name, value) {
  if (BLOBS.has(name)) return `SdkBytes.fromByteArray(Base64.getDecoder().decode(${quoted(value)}))`;
  if (Array.isArray(value)) return value.map((item) => javaValue(name, item)).join(', ');
  if (value && typeof value === 'object') {
    if (STRUCTURES[name]) {
      return `${STRUCTURES[name]}.builder()${members(value).map(([key, item]) => `.${lowerFirst(key)}(${javaValue(key, item)})`).join('')}.build()`;
    }
    return `Map.ofEntries(${members(value).map(([key, item]) => `Map.entry(${quoted(key)}, ${quoted(item)})`).join(', ')})`;
  }
  return quoted(value);
}

/** @param {string} operation @param {Input} input @param {Place} place */
function java(operation, input, { endpoint, region }) {
  const member = (/** @type {string} */ name, /** @type {any} */ value) => {
    return `.${lowerFirst(name)}${ENUM_LISTS[name] ? 'WithStrings' : ''}(${javaValue(name, value)})`;
  };
  return `import java.net.URI;
import java.util.*;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.*;

KmsClient kms = KmsClient.builder().endpointOverride(URI.create("${endpoint}")).region(Region.of("${region}")).build();
var answer = kms.${lowerFirst(operation)}(request -> ${members(input).length > 0 ? `request\n${lines(input, member, '    ')}` : '{}'});
System.out.println(answer);`;
}

/** @param {string} name @param {any} value @returns {string} */
function goValue(name, value) {
  if (BLOBS.has(name)) return `decode(${quoted(value)})`;
  if (Array.isArray(value)) {
    if (STRUCTURES[name]) return `[]types.${STRUCTURES[name]}{${value.map(goMembers).join(', ')}}`;
    return `[]${ENUM_LISTS[name] ? `types.${ENUM_LISTS[name]}` : 'string'}{${value.map(quoted).join(', ')}}`;
  }
  if (value && typeof value === 'object') {
    return STRUCTURES[name]
      ? `&types.${STRUCTURES[name]}${goMembers(value)}`
      : `map[string]string{${members(value).map(([key, item]) => `${quoted(key)}: ${quoted(item)}`).join(', ')}}`;
  }
  if (typeof value === 'number') return `aws.Int32(${value})`;
  if (typeof value === 'boolean') return name === PLAIN_IN_GO ? String(value) : `aws.Bool(${value})`;
  // A constant of an enum type needs no conversion.
  return isEnum(name) ? quoted(value) : `aws.String(${quoted(value)})`;
}

/** @param {Input} input */
function goMembers(input) {
  return `{${members(input).map(([name, value]) => `${name}: ${goValue(name, value)}`).join(', ')}}`;
}

/** @param {string} operation @param {Input} input @param {Place} place */
function go(operation, input, { endpoint, region }) {
  const member = (/** @type {string} */ name, /** @type {any} */ value) => `${name}: ${goValue(name, value)},`;
  return `cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("${region}"), config.WithBaseEndpoint("${endpoint}"))
if err != nil {
	return err
}
${hasBytes(input) ? DECODE_IN_GO : ''}answer, err := kms.NewFromConfig(cfg).${operation}(ctx, &kms.${operation}Input{
${lines(input, member, '\t')}
})`;
}

/** @param {string} operation @param {Input} input @param {Place} place */
function rust(operation, input, { endpoint, region }) {
  const member = (/** @type {string} */ name, /** @type {any} */ value) => rustMember(name, value);
  return `let config = aws_config::defaults(BehaviorVersion::latest())
    .endpoint_url("${endpoint}")
    .region("${region}")
    .load()
    .await;
let kms = aws_sdk_kms::Client::new(&config);
let answer = kms
    .${words(operation, '_')}()
${lines(input, member, '    ')}
    .send()
    .await?;`;
}

/** @param {string} name @param {any} value @returns {string} */
function rustMember(name, value) {
  const method = words(name, '_');
  if (Array.isArray(value)) return value.map((item) => rustMember(name, item)).join('\n    ');
  if (BLOBS.has(name)) return `.${method}(Blob::new(BASE64_STANDARD.decode(${quotedInRust(value)})?))`;
  if (STRUCTURES[name]) {
    const built = `${STRUCTURES[name]}::builder()${members(value).map(([key, item]) => rustMember(key, item)).join('')}.build()`;
    return `.${method}(${built}${CHECKED_IN_RUST.includes(name) ? '?' : ''})`;
  }
  if (value && typeof value === 'object') {
    return members(value).map(([key, item]) => `.${method}(${quotedInRust(key)}, ${quotedInRust(item)})`).join('\n    ');
  }
  return `.${method}(${quotedInRust(value)}${ENUM_LISTS[name] || isEnum(name) ? '.into()' : ''})`;
}

/** @param {string} operation @param {Input} input @param {Place} place */
function http(operation, input, { endpoint, region, accessKeyId }) {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  return `POST / HTTP/1.1
Host: ${endpoint.replace(/^https?:\/\//, '')}
Content-Type: application/x-amz-json-1.1
X-Amz-Target: TrentService.${operation}
Authorization: AWS4-HMAC-SHA256 Credential=${accessKeyId}/${day}/${region}/kms/aws4_request, SignedHeaders=host, Signature=0

${JSON.stringify(input)}`;
}

/** @type {Record<string, (operation: string, input: Input, place: Place) => string>} */
export const LANGUAGES = {
  'AWS CLI': cli,
  JavaScript: javaScript,
  Python: python,
  Java: java,
  Go: go,
  Rust: rust,
  HTTP: http,
};
