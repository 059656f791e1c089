#!/bin/sh
# Stops the service when the package is removed: dpkg says `remove`, RPM `0`. At an upgrade, it goes on until it is restarted.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then
      systemctl disable --now kms-emulator.socket
      systemctl stop kms-emulator.service
    fi
    ;;
esac
