//! Simulated KMS in a container, by Testcontainers. Copy this file. If only Rust tests use the emulator,
//! `kms_emulator::Emulator` is simpler and faster.

use testcontainers::core::{IntoContainerPort as _, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{
    ContainerAsync, ContainerRequest, GenericImage, ImageExt as _, TestcontainersError,
};

const PORT: u16 = 4599;
const SEED: &str = "/seed.yaml";

/// A running emulator. It is removed with its keys when this is dropped.
pub struct SimulatedKms {
    /// The value of `AWS_ENDPOINT_URL_KMS` for programs outside of containers.
    pub endpoint_url: String,
    _container: ContainerAsync<GenericImage>,
}

/// The container's configuration. Add to it: `request().with_env_var("KMS_QUOTAS", "aws")`.
pub fn request() -> ContainerRequest<GenericImage> {
    GenericImage::new("simulated-kms", "latest")
        .with_exposed_port(PORT.tcp())
        .with_wait_for(WaitFor::message_on_stdout("Simulated KMS ready at "))
        .into()
}

/// Adds keys that exist from the start: the text of a seed file, YAML or JSON.
pub fn with_seed(
    request: ContainerRequest<GenericImage>,
    document: &str,
) -> ContainerRequest<GenericImage> {
    let request = request.with_env_var("KMS_SEED", SEED);
    request.with_copy_to(SEED, document.as_bytes().to_vec())
}

/// Starts a container and waits until it is ready.
///
/// # Errors
///
/// The error of the Docker engine.
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
