//! The pages of `emulator/docs`. Each answers one question.
//!
//! `client-tests` runs their code. The pages define their links for the repository; the definitions here
//! come first, so they win in the documentation of the crate.

#[doc = "[fidelity]: crate::docs::fidelity#access"]
#[doc = "[in-process]: crate::docs::in_process#policies"]
#[doc = "[seeds]: crate::docs::control_plane#seeds"]
#[doc = ""]
#[doc = include_str!("../docs/auth.md")]
pub mod auth {}

#[doc = "[auth]: crate::docs::auth"]
#[doc = "[in-process]: crate::docs::in_process"]
#[doc = "[policies]: crate::docs::policies"]
#[doc = ""]
#[doc = include_str!("../docs/clients.md")]
pub mod clients {}

#[doc = "[control-plane]: crate::docs::control_plane"]
#[doc = "[events]: crate::docs::control_plane#events"]
#[doc = "[keys]: crate::docs::control_plane#keys"]
#[doc = ""]
#[doc = include_str!("../docs/console.md")]
pub mod console {}

#[doc = "[console]: crate::docs::console"]
#[doc = "[coverage]: crate::docs::coverage"]
#[doc = "[in-process]: crate::docs::in_process"]
#[doc = "[migrating]: crate::docs::migrating"]
#[doc = "[policies]: crate::docs::policies"]
#[doc = "[shadow]: crate::docs::shadow"]
#[doc = "[test-frameworks]: crate::docs::test_frameworks"]
#[doc = ""]
#[doc = include_str!("../docs/control-plane.md")]
pub mod control_plane {}

#[doc = "[policies]: crate::docs::policies"]
#[doc = ""]
#[doc = include_str!("../docs/coverage.md")]
pub mod coverage {}

#[doc = "[control-plane]: crate::docs::control_plane"]
#[doc = "[in-process]: crate::docs::in_process"]
#[doc = "[install]: crate::docs::install"]
#[doc = "[options]: crate::docs::options"]
#[doc = "[test-frameworks]: crate::docs::test_frameworks"]
#[doc = ""]
#[doc = include_str!("../docs/docker-and-ci.md")]
pub mod docker_and_ci {}

#[doc = "[auth]: crate::docs::auth"]
#[doc = "[coverage]: crate::docs::coverage"]
#[doc = "[policies]: crate::docs::policies"]
#[doc = ""]
#[doc = include_str!("../docs/fidelity.md")]
pub mod fidelity {}

#[doc = include_str!("../docs/https-and-web-pages.md")]
pub mod https_and_web_pages {}

#[doc = "[policies]: crate::docs::policies"]
#[doc = ""]
#[doc = include_str!("../docs/in-process.md")]
pub mod in_process {}

#[doc = include_str!("../docs/infrastructure-as-code.md")]
pub mod infrastructure_as_code {}

#[doc = "[access]: crate::docs::control_plane#access"]
#[doc = "[docker-and-ci]: crate::docs::docker_and_ci"]
#[doc = "[in-process]: crate::docs::in_process"]
#[doc = "[test-frameworks]: crate::docs::test_frameworks"]
#[doc = ""]
#[doc = include_str!("../docs/install.md")]
pub mod install {}

#[doc = "[docker-and-ci]: crate::docs::docker_and_ci"]
#[doc = "[seeds]: crate::docs::control_plane#seeds"]
#[doc = "[test-frameworks]: crate::docs::test_frameworks"]
#[doc = ""]
#[doc = include_str!("../docs/migrating.md")]
pub mod migrating {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}

#[doc = "[control-plane]: crate::docs::control_plane#access"]
#[doc = "[seeds]: crate::docs::control_plane#seeds"]
#[doc = ""]
#[doc = include_str!("../docs/policies.md")]
pub mod policies {}

#[doc = "[migrating]: crate::docs::migrating"]
#[doc = "[reset]: crate::docs::control_plane#reset-and-snapshots"]
#[doc = "[shadow]: crate::docs::shadow"]
#[doc = ""]
#[doc = include_str!("../docs/options.md")]
pub mod options {}

#[doc = "[control-plane]: crate::docs::control_plane"]
#[doc = ""]
#[doc = include_str!("../docs/shadow.md")]
pub mod shadow {}

#[doc = "[docker-and-ci]: crate::docs::docker_and_ci"]
#[doc = "[in-process]: crate::docs::in_process"]
#[doc = "[install]: crate::docs::install"]
#[doc = "[in-process-policies]: crate::docs::in_process#policies"]
#[doc = "[policies]: crate::docs::policies#identities"]
#[doc = ""]
#[doc = include_str!("../docs/test-frameworks.md")]
pub mod test_frameworks {}

#[doc = "[auth]: crate::docs::auth"]
#[doc = "[control-plane]: crate::docs::control_plane"]
#[doc = "[migrating]: crate::docs::migrating"]
#[doc = "[options]: crate::docs::options"]
#[doc = "[upgrade]: crate::docs::options#can-i-upgrade"]
#[doc = "[https]: crate::docs::https_and_web_pages#https"]
#[doc = "[seeds]: crate::docs::control_plane#seeds"]
#[doc = "[web]: crate::docs::https_and_web_pages#web-pages"]
#[doc = ""]
#[doc = include_str!("../docs/troubleshooting.md")]
pub mod troubleshooting {}

#[doc = "[control-plane]: crate::docs::control_plane"]
#[doc = "[fidelity]: crate::docs::fidelity"]
#[doc = "[scoreboard]: crate::docs::scoreboard"]
#[doc = ""]
#[doc = include_str!("../docs/verify.md")]
pub mod verify {}

#[doc = "[verify]: crate::docs::verify"]
#[doc = ""]
#[doc = include_str!("../docs/scoreboard.md")]
pub mod scoreboard {}
