//! Scripts for other emulators work unchanged.

mod routes;
mod tags;
