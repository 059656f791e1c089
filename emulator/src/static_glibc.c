/* For the static program on Linux. Where /etc/nsswitch.conf names plug-ins for the names of hosts or users, such as `resolve`,
 * `mdns4_minimal` or `systemd`, glibc loads them at the first look-up, and with them the system's own glibc. If that is of another
 * version, the process crashes. The sources here are part of glibc itself. */
#include <nss.h>

__attribute__((constructor)) static void without_plug_ins(void) {
  __nss_configure_lookup("hosts", "files dns");
  __nss_configure_lookup("passwd", "files");
}
