# Sourced by scripts that need Python packages. Nothing of the system's Python is touched.

# Where tools are kept between runs.
tools=${R2KIT_TOOLS:-$HOME/.cache/r2kit-tools}

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
# Every step is checked by itself: in "$(python_with ...)" bash does not stop at a failed command.
python_with() {
  local name=$1 environment stamp log
  shift
  environment=$tools/python-$name
  stamp="$*"
  if [ "$(cat "$environment/packages" 2>/dev/null || true)" != "$stamp" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv >&2 || return 1
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || {
      echo "Python 3.9 or later is needed" >&2
      return 1
    }
    rm -rf "$environment"
    mkdir -p "$tools"
    log=$(python3 -m venv "$environment" 2>&1 \
      && "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" 2>&1) || {
      printf '%s\n' "These could not be installed from PyPI: $*" "$log" >&2
      return 1
    }
    # Written last, so that it is there only after a complete installation of the very same wishes.
    printf '%s' "$stamp" >"$environment/packages"
  fi
  echo "$environment/bin/python"
}
