# Shared by the scripts that start a test server: arguments, installation, background processes, readiness, stopping.
#
# A script sets `server` (its name), `port_count` (the number of consecutive ports that it uses) and `first_port` (where
# the search for free ones starts), defines the functions `install`, `configure`, `launch` and `is_ready`, and ends with
# `main "$@"`. These functions can use:
#   port       the first port          dir        the data directory, absolute
#   tools      where to install        access_key, secret_key
# `launch` may set `endpoint`, if it isn't the address of the first port, and add lines to `settings`.

usage() {
    cat >&2 <<TEXT
usage: ${0##*/} start PORT DIR [OWNER]
       ${0##*/} stop DIR

start installs $server if necessary, empties DIR, starts the server on 127.0.0.1 and prints its address. The server
uses $port_count consecutive ports from PORT on. With PORT 0 the script chooses free ones. DIR/r2.env then contains the
settings for clients. When the process with the ID OWNER ends, the server is stopped and DIR removed.

R2KIT_TOOLS  where the server is installed (default: ~/.cache/r2kit-tools)
TEXT
    exit 2
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# --- Installation

# apt_install PROGRAM PACKAGE...: installs Debian packages for a missing program, if possible.
apt_install() {
    local program=$1
    shift
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "$program is missing: install it (on Debian: apt-get install $*)"
    fi
    # One at a time, because two servers may be started at once.
    mkdir -p "$tools"
    DEBIAN_FRONTEND=noninteractive flock "$tools/.apt.lock" sh -ceu '
        apt-get update -qq >/dev/null
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "$@" || fail "apt-get could not install $*"
}

# need_tools: installs the programs that every server's script calls, or names them.
need_tools() {
    # Without /proc, only ps knows whether a process is still the one that was started.
    [ -d /proc/self ] || command -v ps >/dev/null || apt_install ps procps
    command -v python3 >/dev/null || apt_install python3 python3
}

# python_packages NAME REQUIREMENT...: sets `packages` to a directory with these packages and nothing else.
# Never changes the system's Python packages.
python_packages() {
    local name=$1 fresh log
    shift
    command -v python3 >/dev/null || apt_install python3 python3 python3-pip
    packages=$tools/$name-$(python3 -c 'import sys; print("py%d.%d" % sys.version_info[:2])')
    [ ! -d "$packages" ] || return 0

    python3 -m pip --version >/dev/null 2>&1 || apt_install pip python3-pip
    mkdir -p "$tools"
    fresh=$(mktemp -d "$tools/.installing.XXXXXX")
    # Print pip's output only if it fails: it also warns about unrelated packages.
    if ! log=$(python3 -m pip install --quiet --disable-pip-version-check --no-input --target "$fresh" "$@" 2>&1); then
        rm -rf "$fresh"
        fail "pip could not install $*:"$'\n'"$log"
    fi
    # Renaming is atomic. It fails if another start was faster, and then that one's installation is used.
    python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$fresh" "$packages" 2>/dev/null || rm -rf "$fresh"
    [ -d "$packages" ] || fail "could not create $packages"
}

# --- Processes

# in_background LOG COMMAND...: runs a command in its own session, without the caller's open files, and records its ID.
in_background() {
    local log=$1
    shift
    python3 -c '
import os, sys
os.setsid()
os.closerange(3, 1024)
os.execvp(sys.argv[1], sys.argv[1:])' "$@" </dev/null >"$log" 2>&1 &
    echo $! >>"$dir/processes"
}

# command_line ID: prints a process's command, and fails if the process has ended.
command_line() {
    if [ -d /proc/self ]; then
        { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null
    else
        ps -o command= -p "$1"
    fi
}

# is_ours ID: succeeds if the process belongs to this data directory, and isn't a later one with the same ID.
is_ours() {
    local command
    command=$(command_line "$1") || return 1
    case $command in *"$dir/"*) return 0 ;; esac
    return 1
}

# signal_all NAME: sends a signal to the processes that still run, and succeeds if there are any.
signal_all() {
    local id found=1
    while read -r id; do
        if [ "$id" != $$ ] && is_ours "$id"; then
            found=0
            kill "-$1" "$id" 2>/dev/null || true
        fi
    done <"$dir/processes"
    return $found
}

stop() {
    local attempt
    [ -f "$dir/processes" ] || return 0
    # The data is discarded, so kill a server that hasn't ended after a second.
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        signal_all TERM || break
        sleep 0.1
    done
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        signal_all KILL || break
        sleep 0.1
    done
    rm -f "$dir/processes"
}

# watch OWNER: stops the server and removes its directory when the owner has ended, for any reason.
watch() {
    while kill -0 "$1" 2>/dev/null; do sleep 0.2; done
    stop
    rm -rf "$dir"
}

# --- Ports and readiness

# is_taken PORT: succeeds if a process listens on the port.
is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# choose_ports: sets `port` to the first of `port_count` consecutive free ports. A given PORT must be free.
#
# The ports are below those that systems assign to connections, which use a port without listening on it.
choose_ports() {
    local attempt
    if [ "$wanted_port" != 0 ]; then
        if any_is_taken; then
            fail "a port from $port to $((port + port_count - 1)) is in use: choose another PORT, or 0 for a free one"
        fi
        return 0
    fi
    choices=$((choices + 1))
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        port=$((first_port + RANDOM % 400 * 10))
        ! any_is_taken || continue
        return 0
    done
    fail "found no $port_count consecutive free ports from $first_port on"
}

# can_choose_again: succeeds if the server ended because another process took a port that had been free.
can_choose_again() {
    [ "$wanted_port" = 0 ] && [ "$choices" -lt 5 ] &&
        grep -qisE 'address already in use|port [0-9]+ .*is not available|could not bind' "$dir"/log/*
}

# any_is_taken: succeeds if a process listens on one of the ports that the server needs.
any_is_taken() {
    local offset
    for ((offset = 0; offset < port_count; offset++)); do
        if is_taken $((port + offset)); then return 0; fi
    done
    return 1
}

# http_status: prints the status of the response to a request without a signature, or nothing without a response.
http_status() {
    local line=
    {
        exec 3<>"/dev/tcp/127.0.0.1/$port" || return 0
        printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$port" >&3
        IFS= read -r -t 5 line <&3 || true
        exec 3>&-
    } 2>/dev/null
    line=${line#* }
    echo "${line%% *}"
}

# wait_until_ready: fails if the caller should try other ports.
wait_until_ready() {
    local deadline=$((SECONDS + 60))
    until is_ready; do
        if ! all_run; then
            if can_choose_again; then return 1; fi
            give_up "it ended while it was starting"
        fi
        if [ $SECONDS -ge $deadline ]; then give_up "no response on port $port after a minute"; fi
        sleep 0.05
    done
}

# all_run: succeeds if every started process still runs.
all_run() {
    local id
    while read -r id; do kill -0 "$id" 2>/dev/null || return 1; done <"$dir/processes"
}

give_up() {
    local log
    for log in "$dir"/log/*; do
        echo "--- the last lines of $log" >&2
        tail -n 20 "$log" >&2
    done
    stop
    fail "$server did not start: $1"
}

# --- Commands

prepare_directory() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [ -f "$dir/.r2kit-server" ]; then
        stop
        rm -rf "${dir:?}"/*
    elif [ -n "$(ls -A "$dir")" ]; then
        fail "$dir isn't empty: choose an empty directory"
    fi
    touch "$dir/.r2kit-server"
    mkdir "$dir/data" "$dir/log" "$dir/etc"
    : >"$dir/processes"
}

start() {
    local owner=$1
    tools=${R2KIT_TOOLS:-${HOME:?set HOME or R2KIT_TOOLS}/.cache/r2kit-tools}
    secret_key=r2kit-secret/with+signs/000000000000000
    need_tools
    install
    trap 'stop; exit 130' INT TERM
    while :; do
        prepare_directory
        choose_ports
        configure
        # Start watching first, so that an interrupted start leaves nothing behind.
        [ -z "$owner" ] || in_background /dev/null bash "$0" watch "$owner" "$dir/"
        endpoint=http://127.0.0.1:$port
        settings=()
        launch
        ! wait_until_ready || break
    done
    cat >"$dir/r2.env" <<ENV
R2_ENDPOINT=$endpoint
R2_ACCESS_KEY_ID=$access_key
R2_SECRET_ACCESS_KEY=$secret_key
R2_BUCKET_NAME=r2kit-test
ENV
    [ ${#settings[@]} = 0 ] || printf '%s\n' "${settings[@]}" >>"$dir/r2.env"
    echo "ready $endpoint"
}

wanted_port= choices=0

is_number() { case $1 in '' | *[!0-9]*) return 1 ;; esac }

main() {
    case ${1:-} in
    start)
        if [ $# -lt 3 ] || [ $# -gt 4 ] || ! is_number "$2" || ! is_number "${4:-1}"; then usage; fi
        port=$2 wanted_port=$2 dir=$3
        start "${4:-}"
        ;;
    stop)
        [ $# = 2 ] || usage
        [ -d "$2" ] || return 0
        dir=$(cd "$2" && pwd)
        stop
        ;;
    watch)
        dir=${3%/}
        watch "$2"
        ;;
    *) usage ;;
    esac
}
