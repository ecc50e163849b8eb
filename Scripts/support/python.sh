# Sourced by scripts that need Python packages. Nothing of the system's Python is touched.

# Where tools are kept between runs.
tools=${R2KIT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/r2kit-tools}

# install_packages PACKAGE...: installs Debian packages if they can be, else says what is missing.
install_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  else
    echo "Please install: $*" >&2
    return 1
  fi
}

# python_with NAME PACKAGE...: prints the path of a Python that has the packages, in an environment of that name.
python_with() {
  local name=$1 environment stamp
  shift
  environment=$tools/python-$name
  stamp="$*"
  if [ "$(cat "$environment/packages" 2>/dev/null || true)" != "$stamp" ]; then
    command -v python3 >/dev/null 2>&1 && python3 -c 'import ensurepip, venv' 2>/dev/null \
      || install_packages python3 python3-venv >&2
    rm -rf "$environment"
    mkdir -p "$tools"
    python3 -m venv "$environment" >&2
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2
    printf '%s' "$stamp" >"$environment/packages"
  fi
  echo "$environment/bin/python"
}
