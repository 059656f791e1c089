#!/bin/sh
# The user of the service. The service is not started: `systemctl enable --now kms-emulator.socket` does that.
set -e
if ! getent passwd simulated-kms >/dev/null; then
  useradd --system --user-group --home-dir /var/lib/simulated-kms --no-create-home --shell /usr/sbin/nologin simulated-kms
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
