#!/usr/bin/env bash
# Firmograph's front door. `./deploy.sh help` says what it can do.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$here/.venv

say() { printf '%s\n' "$*" >&2; }

fail() { # fail CODE MESSAGE
  say "$2"
  exit "$1"
}

help() {
  cat <<'TEXT'
Firmograph: a company's web address in, a structured company profile out, every value with its source.

  ./deploy.sh local                  reads the bundled sample company and shows profile and webhook; then serves the API
  ./deploy.sh local URL…             reads these companies and shows their profiles
  ./deploy.sh local --serve --port N --key-file FILE
                                     serves the API until interrupted; the first account's key stands in FILE
  ./deploy.sh local --help           all options of these three
  ./deploy.sh cloud PROJECT_ID [--region R] [--size small|medium|large] [--plan] [--yes]
                                     deploys to Google Cloud, or brings it up to date: docs/operating.md
  ./deploy.sh destroy PROJECT_ID     removes all of that, the data too
  ./deploy.sh user create NAME [--tier T] | list | key ACCOUNT | tier ACCOUNT T | revoke ACCOUNT PREFIX
  ./deploy.sh erase company KEY | person NAME [--company KEY]
                                     removes what is stored, and keeps it out
  ./deploy.sh dead-letters list | replay ID… | drop ID…
                                     these three work on --data DIR, or on a deployment: --project P
  ./deploy.sh test [PYTEST ARGS]     lint, types and every test that this machine can run
  ./deploy.sh scan                   looks for insecure settings in terraform/ (checkov, in .venv-scan)
  ./deploy.sh help                   this text

Needs Python 3.11 or newer. Everything else is installed into .venv beside this script.
TEXT
}

python_311() { # prints the first interpreter that is new enough
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

prepare() { # prepare NAME: .venv with requirements-NAME.txt, installed again only where one of the files has changed
  local name=$1 python wanted
  if ! "$venv/bin/python" -c "import pip, sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
    python=$(python_311) || fail 2 "Firmograph needs Python 3.11 or newer; python3 is $(python3 --version 2>/dev/null || echo missing)."
    say "Making .venv with $("$python" --version) …"
    "$python" -m venv --clear "$venv" >/dev/null 2>&1 ||
      fail 2 "$python can't make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv"
  fi
  wanted=$("$venv/bin/python" -c 'import hashlib, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("requirements*.txt"))
print(sys.version, hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest())' "$here")
  if [ "$(cat "$venv/installed-$name" 2>/dev/null)" != "$wanted" ]; then
    say "Installing requirements-$name.txt into .venv …"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --requirement "$here/requirements-$name.txt" >&2 ||
      fail 1 "requirements-$name.txt could not be installed."
    printf '%s\n' "$wanted" >"$venv/installed-$name"
  fi
}

run_local() {
  prepare local
  PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH} exec "$venv/bin/python" -m shared.embedded.local "$@"
}

run_command() {
  prepare local
  PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH} exec "$venv/bin/python" -m shared.command "$@"
}

run_scan() { # not in .venv: checkov's requirements are older than ours
  local scan=$here/.venv-scan python
  python=$(python_311) || fail 2 "Firmograph needs Python 3.11 or newer."
  if ! cmp -s "$here/terraform/requirements-scan.txt" "$scan/installed"; then
    say "Installing terraform/requirements-scan.txt into .venv-scan; that takes some minutes …"
    "$python" -m venv --clear "$scan"
    "$scan/bin/python" -m pip install -qq --disable-pip-version-check -r "$here/terraform/requirements-scan.txt" >&2 ||
      fail 1 "terraform/requirements-scan.txt could not be installed."
    cp "$here/terraform/requirements-scan.txt" "$scan/installed"
  fi
  cd "$here"
  exec "$scan/bin/checkov" --config-file terraform/.checkov.yaml
}

marked=""

lacks() { # lacks MARKER WHAT ADVICE: leaves the tests of that marker out; with CI set nothing may be left out
  [ -z "${CI:-}" ] || fail 1 "$2 is missing, and with CI set no test is left out. $3"
  say "== left out: what needs $2. $3"
  marked="${marked:+$marked and }not $1"
}

emulators() {
  local platform
  platform=$(gcloud info --format='value(installation.sdk_root)' 2>/dev/null)/platform
  [ -d "$platform/cloud-firestore-emulator" ] && [ -d "$platform/pubsub-emulator" ]
}

run_test() {
  prepare dev
  cd "$here"
  export PATH=$venv/bin:$PATH
  unset PYTHONDONTWRITEBYTECODE  # the tests start hundreds of processes, each of which would compile all it imports
  say "== lint"
  ruff check --quiet .
  ruff format --quiet --check .
  say "== types, beside the tests"
  mypy >"$venv/types.log" 2>&1 &
  local types=$! terraform="" status=0
  command -v java >/dev/null || lacks emulator Java "Debian, Ubuntu: apt-get install default-jre-headless"
  emulators || lacks emulator "gcloud's emulators" "gcloud components install beta cloud-firestore-emulator pubsub-emulator"
  command -v chromium chromium-browser google-chrome >/dev/null ||
    lacks browser Chromium "Debian: apt-get install chromium"
  if command -v terraform >/dev/null; then
    say "== terraform, beside the tests"
    run_terraform >"$venv/terraform.log" 2>&1 &
    terraform=$!
  else
    lacks terraform terraform "Install Terraform 1.11 or newer."
  fi
  say "== tests"
  # Three processes on two cores, since many tests wait for others' processes.
  python -m pytest -p tests.groups --numprocesses 3 --dist worksteal ${marked:+-m "$marked"} "$@" || status=$?
  local typed=0 planned=0
  wait "$types" || typed=$?
  [ -z "$terraform" ] || wait "$terraform" || planned=$?
  if [ "$typed" -ne 0 ]; then
    cat "$venv/types.log" >&2
    fail 1 "the types don't fit."
  fi
  if [ "$planned" -ne 0 ]; then
    cat "$venv/terraform.log" >&2
    fail 1 "terraform's tests failed."
  fi
  return "$status"
}

run_terraform() {
  set -e
  terraform -chdir=terraform fmt -check -recursive
  terraform -chdir=terraform init -backend=false -input=false
  terraform -chdir=terraform validate -no-color
  terraform -chdir=terraform test -no-color
}

case "${1-help}" in
  help | --help | -h) help ;;
  local)
    shift
    run_local "$@"
    ;;
  cloud | destroy | user | erase | dead-letters) run_command "$@" ;;
  test)
    shift
    run_test "$@"
    ;;
  scan) run_scan ;;
  *) fail 2 "Unknown command: $1. ./deploy.sh help shows what there is." ;;
esac
