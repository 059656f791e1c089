#!/bin/sh
# `apt purge` deletes the keys and the user. An RPM leaves both, as is usual there.
set -e
if [ "$1" = purge ]; then
  rm -rf /var/lib/simulated-kms
  if getent passwd simulated-kms >/dev/null; then
    userdel simulated-kms
  fi
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
