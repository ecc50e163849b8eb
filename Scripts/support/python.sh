# Sourced by scripts that need Python packages. Never changes the system's Python.

# The folder for tools that are kept between runs.
tools=${R2KIT_TOOLS:-$HOME/.cache/r2kit-tools}

# install_packages PACKAGE...: installs Debian packages if possible, and otherwise says what to install.
install_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  else
    echo "Please install: $*" >&2
    return 1
  fi
}

# python_with NAME PACKAGE...: prints the path of a Python with the packages, in an environment of that name.
# Each step checks its result, because bash doesn't stop at a failed command in "$(python_with ...)".
python_with() {
  local name=$1 environment stamp log
  shift
  environment=$tools/python-$name
  stamp="$*"
  if [ "$(cat "$environment/packages" 2>/dev/null || true)" != "$stamp" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv >&2 || return 1
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || {
      echo "Please install Python 3.9 or later." >&2
      return 1
    }
    rm -rf "$environment"
    mkdir -p "$tools"
    log=$(python3 -m venv "$environment" 2>&1 \
      && "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" 2>&1) || {
      printf '%s\n' "pip could not install these packages from PyPI: $*" "$log" >&2
      return 1
    }
    # Written last, so that it exists only after a complete installation of exactly these packages.
    printf '%s' "$stamp" >"$environment/packages"
  fi
  echo "$environment/bin/python"
}
