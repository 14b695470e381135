#!/usr/bin/env bash
# Starts the tracking server that tracking.toml describes, with a password, on this machine alone.
# Usage: mlflow/start.sh [tracking.toml]
set -euo pipefail
umask 077 # the databases that the server makes, too
here=$(cd "$(dirname "$0")" && pwd)
settings=${1:-$here/tracking.toml}
python=$here/../.venv/bin/python
[ -x "$python" ] || python=$(command -v python3)
cd "$here"
# Python's own TOML reader; the arguments come back one a line, and a fault as one sentence.
mapfile -t arguments < <("$python" -I - "$settings" <<'PYTHON'
import importlib.util, os, secrets, sys, tomllib
from pathlib import Path

def stop(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(3)

KNOWN = {"host": str, "port": int, "store": str, "allowed_hosts": list, "cors_origins": list,
         "authentication": bool, "default_permission": str, "workers": int}
path = Path(sys.argv[1])
try:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
    stop(f"{path}: must be TOML that can be read. {error}.")
for name, value in given.items():
    if name not in KNOWN or not isinstance(value, KNOWN[name]):
        stop(f"{path}: {name} must be one of {', '.join(KNOWN)}, of the right type. Got {value!r}.")
if missing := KNOWN.keys() - given.keys():
    stop(f"{path}: lacks {min(missing)}.")
if given["default_permission"] not in ("READ", "USE", "EDIT", "MANAGE", "NO_PERMISSIONS"):
    stop(f"{path}: default_permission must be READ, USE, EDIT, MANAGE or NO_PERMISSIONS.")
if not given["authentication"] and given["host"] not in ("127.0.0.1", "localhost", "::1"):
    stop(f"{path}: without authentication host must be 127.0.0.1. Got {given['host']}.")
if given["authentication"] and not importlib.util.find_spec("flask_wtf"):
    stop(f"{path}: authentication needs Flask-WTF, which is not installed: pip install 'mlflow[auth]'.")
store = Path(given["store"]).absolute()
os.umask(0o077)
store.mkdir(parents=True, exist_ok=True)
if given["authentication"]:
    secret, password, users = store / "secret", store / "admin-password", store / "users.ini"
    for file in (secret, password):
        if not file.exists():
            file.write_text(secrets.token_urlsafe(32))
            print(f"Made {file}.", file=sys.stderr)
    users.write_text(
        "[mlflow]\n"
        f"default_permission = {given['default_permission']}\n"
        f"database_uri = sqlite:///{store}/users.db\n"
        "admin_username = admin\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        "grant_default_workspace_access = false\n"
    )
arguments = [
    "--host", given["host"], "--port", str(given["port"]), "--workers", str(given["workers"]),
    "--backend-store-uri", f"sqlite:///{store}/mlflow.db", "--artifacts-destination", (store / "artifacts").as_uri(),
    "--serve-artifacts", "--allowed-hosts", ",".join(given["allowed_hosts"]),
    "--cors-allowed-origins", ",".join(given["cors_origins"]), "--x-frame-options", "DENY",
]
print(store, *arguments, *(["--app-name", "basic-auth"] if given["authentication"] else []), sep="\n")
PYTHON
)
[ "${#arguments[@]}" -gt 1 ] || exit 3
store=${arguments[0]}
export MLFLOW_DISABLE_TELEMETRY=true MLFLOW_ALLOW_PICKLE_DESERIALIZATION=false
if [ -f "$store/secret" ]; then
  MLFLOW_FLASK_SERVER_SECRET_KEY=$(cat "$store/secret")
  MLFLOW_AUTH_ADMIN_PASSWORD=$(cat "$store/admin-password")
  export MLFLOW_FLASK_SERVER_SECRET_KEY MLFLOW_AUTH_ADMIN_PASSWORD MLFLOW_AUTH_CONFIG_PATH=$store/users.ini
fi
exec "$python" -m mlflow server "${arguments[@]:1}"
