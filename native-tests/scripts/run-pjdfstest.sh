#!/bin/bash
# Runs an installed pjdfstest in a directory and prints the failures of each file.
#
#   run-pjdfstest.sh --suite PATH --dir DIR [TEST...]
#
#   --suite PATH  the suite's own directory, built: PATH/pjdfstest and PATH/tests
#   --dir DIR     a directory on the filesystem under test; the suite works in a new one below it
#   --alternate DIR  a directory that shows the same on another node: every other call is made there
#   TEST          directories or files below PATH/tests, such as rename or chmod/00.t; all if none is given
#
# Needs root, as the suite does. Ends with 1 if a test failed.

source "$(dirname "$0")/common.sh"

suite='' directory='' other=''
while [[ $# -gt 0 ]]; do
    case $1 in
        --help) usage; exit 0 ;;
        --suite) suite=${2:?}; shift 2 ;;
        --dir) directory=${2:?}; shift 2 ;;
        --alternate) other=${2:?}; shift 2 ;;
        -*) die "unknown option $1; see --help" ;;
        *) break ;;
    esac
done
[[ -n $suite && -n $directory ]] || { usage >&2; exit 2; }
[[ $(id -u) == 0 ]] || die "must run as root"
[[ -x $suite/pjdfstest && -d $suite/tests ]] || die "no built pjdfstest in $suite"
need prove perl
suite=$(realpath "$suite")

# alternating_suite DIR: a suite with the same tests, whose every other call is made below DIR instead of the directory where
# the tests run. What a test's shell does by itself stays there.
alternating_suite() {
    local original=$suite
    suite=$scratch/suite
    mkdir "$suite"
    ln -s "$original/tests" "$suite/tests"
    echo 0 > "$scratch/turn"
    cat > "$suite/pjdfstest" << END
#!/bin/bash
turn=\$(< $(printf %q "$scratch/turn"))
echo \$((1 - turn)) > $(printf %q "$scratch/turn")
if ((turn)); then
    cd $(printf %q "$1")"\${PWD#$(printf %q "$work")}" || exit 1
fi
exec $(printf %q "$original/pjdfstest") "\$@"
END
    chmod 755 "$suite/pjdfstest"
}

scratch=''
new_temporary_directory scratch
work=''
if [[ -n $other ]]; then
    works=()
    new_shared_subdirectory works "$directory" "$other"
    work=${works[0]}
    alternating_suite "${works[1]}"
else
    new_subdirectory work "$directory"
fi
chmod 755 "$work"

tests=()
for name in "${@:-}"; do
    tests+=("$suite/tests/$name")
done

status=0
(cd "$work" && prove --recurse --timer "${tests[@]}") > "$scratch/log" 2> "$scratch/errors" || status=1

grep -E "^$suite/tests/.*(Wstat|Failed)|^ +(Failed test|Parse errors|Non-zero)" "$scratch/log" |
    grep -v 'Failed: 0)' | sed "s|$suite/tests/||" || true
if [[ $status != 0 ]]; then
    echo "--- what the failed tests said"
    grep -E '^ *# ' "$scratch/errors" || true
fi
tail -n 3 "$scratch/log"
exit "$status"
