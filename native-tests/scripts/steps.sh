# Steps of a run, each timed and with a log of its own; sourced after common.sh, not run.
# shellcheck shell=bash disable=SC2154  # the variables are those of the script that sources this
#
# The script that sources this sets scratch and work (directories), selected (names of steps, none for all), and defines
# a function run_NAME for each step, with underscores for the name's hyphens.

# Fetches a source package with an apt configuration of our own, so that the system's lists stay as they are.
fetch_source() {
    local apt=$scratch/apt uri release
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    read -r uri release < <(apt-get indextargets --format "\$(REPO_URI) \$(RELEASE)" 'Created-By: Packages')
    echo "deb-src [trusted=yes] $uri $release main" > "$apt/sources.list"
    local options=(-q -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$scratch" && apt-get "${options[@]}" source --download-only "$1")
}

failed=0

# step NAME: runs the function of that name in a directory of its own.
step() {
    local name=$1 start end status=0 pid
    [[ ${#selected[@]} == 0 || " ${selected[*]} " == *" $name "* ]] || return 0
    mkdir "$work/$name"
    start=$(date +%s%N)
    # In the background, because errexit does not hold in a command whose status is tested.
    (set -e; "run_${name//-/_}") > "$scratch/$name.log" 2>&1 &
    pid=$!
    wait "$pid" || status=$?
    end=$(date +%s%N)
    awk -v name="$name" -v ns=$((end - start)) -v status="$status" \
        'BEGIN { printf "%s %-16s %8.1f s\n", status == 0 ? "PASS" : "FAIL", name, ns / 1e9 }'
    if [[ $status != 0 ]]; then
        failed=1
        tail -n 25 "$scratch/$name.log" | sed 's/^/    /'
    fi
    rm -rf "${work:?}/$name"
}

# run_steps NAME...: runs those that are selected, and ends with 1 if any failed.
run_steps() {
    local name
    for name in "${selected[@]}"; do
        [[ " $* " == *" $name "* ]] || die "no such step: $name"
    done
    for name; do
        step "$name"
    done
    exit "$failed"
}
