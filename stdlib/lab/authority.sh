#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the lab's own certificate authority and one certificate of it, for the registry
# and for pebble's own port. Usage: authority.sh FOLDER ADDRESS NAME…
set -eu
umask 077
folder=$1
address=$2
shift 2
mkdir -p "$folder"
cd "$folder"
[ ! -s lab.pem ] || exit 0

names="IP:$address,IP:127.0.0.1,DNS:localhost"
for name in "$@"; do names="$names,DNS:$name"; done

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
  -subj "/CN=pipster lab CA" -addext "basicConstraints=critical,CA:TRUE" \
  -addext "keyUsage=critical,keyCertSign,cRLSign" -keyout lab-ca.key -out lab-ca.pem 2> /dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=pipster lab" \
  -keyout lab.key -out lab.csr 2> /dev/null
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' \
  "$names" > lab.ext
openssl x509 -req -in lab.csr -CA lab-ca.pem -CAkey lab-ca.key -CAcreateserial -days 1825 \
  -extfile lab.ext -out lab.new 2> /dev/null
mv lab.new lab.pem
rm -f lab.csr lab.ext
chmod 644 lab-ca.pem lab.pem
