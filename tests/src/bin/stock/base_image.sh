#!/bin/sh
# Makes the image that `sam local` runs functions in, without a registry: Debian's busybox and C library, and nothing else.
# usage: base_image.sh NAME
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/lib64" "$root/tmp" "$root/dev" "$root/proc" "$root/opt" "$root/var/task" \
  "$root/var/runtime" "$root/var/rapid" "$root/etc/ssl/certs"
chmod 1777 "$root/tmp"

cp "$(command -v busybox)" "$root/bin/busybox"
for name in sh mv chmod; do ln -s busybox "$root/bin/$name"; done

libraries=$(dirname "$(ldconfig -p | awk '/libc\.so\.6.*x86-64/ { print $NF; exit }')")
mkdir -p "$root$libraries"
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
for library in libc.so.6 libm.so.6 libgcc_s.so.1 libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
  cp -L "$libraries/$library" "$root$libraries/"
done

cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

tar -C "$root" -c . | docker import \
  --change 'ENV PATH=/bin LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime' \
  --change 'WORKDIR /var/task' - "$1" >/dev/null
