#!/bin/sh
# Becomes the process that the first word names; any other word is a command of manage.py.
set -eu
cd /srv/supportcoord
case "${1:-web}" in
  web | stream | worker | coordinator | collector | lmtp) exec python manage.py serve "$1" ;;
  *) exec python manage.py "$@" ;;
esac
