/* Mixed load on directories of several nodes that show the same files: mapped and plain readers and writers over the same
 * pages, files that are replaced, a log that all append to, a counter under a lock.
 *
 *   nodes-load SECONDS DIR...
 *
 * Each place in a file has one writer, which says in shared memory what it begins to write and what is written. So a
 * reader knows that what it finds was once written, is no older than what was written before it looked, and no older
 * than what it found there before. Ends with 1 at the first that is wrong, or when a process stands still for STILL_S.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NODES_MAX = 8, FILES = 3, FILE_SLOTS = 32, SLOTS = FILES * FILE_SLOTS, PATH_BYTES = 4096 };
enum { PAGE_BYTES = 4096, PAGE_WORDS = PAGE_BYTES / sizeof(uint64_t), SLOT_BITS = 16 };
enum { WHOLE_WORDS = 2500, PAUSE_MAX_US = 3000, LOG_MAX_BYTES = 64 << 20, STILL_S = 60, REPORT_S = 300 };

typedef struct {
    uint64_t node, number;
} record;

/* What is begun and what is done, of each thing that has one writer. */
typedef struct {
    _Atomic uint64_t begun, done;
} progress;

static struct {
    _Atomic int stop;
    progress slots[SLOTS], wholes[NODES_MAX], appends[NODES_MAX];
    _Atomic uint64_t appended_bytes, increments;
    _Atomic uint64_t rounds[NODES_MAX][16];
} *shared;

static const char *directories[NODES_MAX];
static int nodes, node;
static const char *role;

static void require(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "nodes-load: %s on node %d: %s: %s\n", role, node + 1, what, strerror(errno));
        exit(1);
    }
}

static void wrong(const char *what, uint64_t place, uint64_t found, uint64_t low, uint64_t high) {
    fprintf(stderr, "nodes-load: %s on node %d: %s %lu: found %lu, expected %lu..%lu\n", role, node + 1, what, place,
        found, low, high);
    exit(1);
}

static int open_file(const char *name, int number, int flags) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s-%d", directories[node], name, number);
    int fd = open(path, flags, 0644);
    require(fd >= 0, path);
    return fd;
}

static void read_all(int fd, void *buffer, size_t length, off_t offset) {
    ssize_t got = pread(fd, buffer, length, offset);
    require(got >= 0, "pread");
    if ((size_t) got != length) {
        wrong("length read at", offset, got, length, length);
    }
}

static uint64_t word(uint64_t place, uint64_t number) {
    return number << SLOT_BITS | place;
}

/* --- pages that are written in place --- */

static off_t slot_offset(int slot) {
    return (off_t) (slot % FILE_SLOTS) * PAGE_BYTES;
}

static int is_mapped_slot(int slot) {
    return slot / nodes % 2;
}

static int slot_of_writer(int is_mapped) {
    int slot;
    do {
        slot = rand() % SLOTS;
    } while (slot % nodes != node || is_mapped_slot(slot) != is_mapped);
    return slot;
}

static int file_fds[FILES];
static volatile uint64_t *file_pages[FILES];

static void open_files(int flags, int protection) {
    for (int i = 0; i < FILES; i++) {
        file_fds[i] = open_file("pages", i, flags);
        if (protection) {
            void *mapped = mmap(NULL, FILE_SLOTS * PAGE_BYTES, protection, MAP_SHARED, file_fds[i], 0);
            require(mapped != MAP_FAILED, "mmap");
            file_pages[i] = mapped;
        }
    }
}

static volatile uint64_t *mapped_page(int slot) {
    return file_pages[slot / FILE_SLOTS] + slot_offset(slot) / sizeof(uint64_t);
}

static void write_plain(void) {
    uint64_t page[PAGE_WORDS];
    int slot = slot_of_writer(0);
    uint64_t number = ++shared->slots[slot].begun;
    for (int i = 0; i < PAGE_WORDS; i++) {
        page[i] = word(slot, number);
    }
    require(pwrite(file_fds[slot / FILE_SLOTS], page, sizeof page, slot_offset(slot)) == sizeof page, "pwrite");
    shared->slots[slot].done = number;
}

static void write_mapped(void) {
    int slot = slot_of_writer(1);
    uint64_t number = ++shared->slots[slot].begun;
    volatile uint64_t *page = mapped_page(slot);
    for (int i = 0; i < PAGE_WORDS; i++) {
        page[i] = word(slot, number);
    }
    require(msync((void *) page, PAGE_BYTES, MS_SYNC) == 0, "msync");
    shared->slots[slot].done = number;
}

static uint64_t last_seen[SLOTS][PAGE_WORDS];

static void check_words(int slot, volatile const uint64_t *page, uint64_t done_before, int is_atomic) {
    uint64_t found[PAGE_WORDS];
    for (int i = 0; i < PAGE_WORDS; i++) {
        found[i] = page[i];
    }
    uint64_t begun = shared->slots[slot].begun;
    for (int i = 0; i < PAGE_WORDS; i++) {
        uint64_t number = found[i] >> SLOT_BITS;
        if ((found[i] & ((1 << SLOT_BITS) - 1)) != (uint64_t) slot && found[i] != 0) {
            wrong("a word of another place in", slot, found[i], 0, 0);
        }
        if (number < done_before || number > begun) {
            wrong("not what is written in", slot, number, done_before, begun);
        }
        if (number < last_seen[slot][i]) {
            wrong("back in time in", slot, number, last_seen[slot][i], begun);
        }
        if (is_atomic && found[i] != found[0]) {
            wrong("half a write in", slot, number, found[0] >> SLOT_BITS, found[0] >> SLOT_BITS);
        }
        last_seen[slot][i] = number;
    }
}

static void read_plain(void) {
    uint64_t page[PAGE_WORDS];
    int slot = rand() % SLOTS;
    uint64_t done = shared->slots[slot].done;
    read_all(file_fds[slot / FILE_SLOTS], page, sizeof page, slot_offset(slot));
    check_words(slot, page, done, !is_mapped_slot(slot));
}

static void read_reopened(void) {
    int file = rand() % FILES;
    close(file_fds[file]);
    file_fds[file] = open_file("pages", file, O_RDONLY);
    read_plain();
}

static void read_mapped(void) {
    int slot = rand() % SLOTS;
    uint64_t done = shared->slots[slot].done;
    check_words(slot, mapped_page(slot), done, 0);
}

/* --- a file of each node that is replaced as a whole --- */

static void replace(void) {
    static uint64_t content[WHOLE_WORDS];
    char from[PATH_BYTES], to[PATH_BYTES];
    uint64_t number = ++shared->wholes[node].begun;
    for (int i = 0; i < WHOLE_WORDS; i++) {
        content[i] = word(node, number);
    }
    int fd = open_file("new", node, O_WRONLY | O_CREAT | O_TRUNC);
    require(write(fd, content, sizeof content) == sizeof content, "write");
    require(close(fd) == 0, "close");
    snprintf(from, sizeof from, "%s/new-%d", directories[node], node);
    snprintf(to, sizeof to, "%s/whole-%d", directories[node], node);
    require(rename(from, to) == 0, "rename");
    shared->wholes[node].done = number;
}

static uint64_t last_whole[NODES_MAX];

static void read_replaced(void) {
    static uint64_t content[WHOLE_WORDS + 1];
    int owner = rand() % nodes;
    uint64_t done = shared->wholes[owner].done;
    if (done == 0) {
        return;
    }
    int fd = open_file("whole", owner, O_RDONLY);
    ssize_t got = read(fd, content, sizeof content);
    require(got >= 0, "read");
    close(fd);
    uint64_t begun = shared->wholes[owner].begun, number = content[0] >> SLOT_BITS;
    if (got != WHOLE_WORDS * sizeof(uint64_t)) {
        wrong("length of whole", owner, got, WHOLE_WORDS * sizeof(uint64_t), WHOLE_WORDS * sizeof(uint64_t));
    }
    for (int i = 1; i < WHOLE_WORDS; i++) {
        if (content[i] != content[0]) {
            wrong("parts of two in whole", owner, content[i] >> SLOT_BITS, number, number);
        }
    }
    if (number < done || number > begun || number < last_whole[owner]) {
        wrong("not the newest of whole", owner, number, done, begun);
    }
    last_whole[owner] = number;
}

/* --- a log that all append to --- */

static void append(void) {
    uint64_t number = shared->appends[node].begun;
    record next = {node, number + 1};
    if (number * nodes * sizeof next >= LOG_MAX_BYTES) {
        return;
    }
    shared->appends[node].begun = number + 1;
    require(write(file_fds[0], &next, sizeof next) == sizeof next, "append");
    shared->appended_bytes += sizeof next;
    shared->appends[node].done = number + 1;
}

static off_t log_position;
static uint64_t last_appended[NODES_MAX];

static void read_log(void) {
    record records[256];
    struct stat status;
    uint64_t appended = shared->appended_bytes;
    require(fstat(file_fds[0], &status) == 0, "fstat");
    if ((uint64_t) status.st_size < appended) {
        wrong("size of log", 0, status.st_size, appended, UINT64_MAX);
    }
    ssize_t got = pread(file_fds[0], records, sizeof records, log_position);
    require(got >= 0, "pread");
    if (got % sizeof(record) != 0) {
        wrong("part of a record at", log_position, got, 0, sizeof(record));
    }
    for (size_t i = 0; i < got / sizeof(record); i++) {
        if (records[i].node >= (uint64_t) nodes) {
            wrong("no record at", log_position + i * sizeof(record), records[i].node, 0, nodes - 1);
        }
        uint64_t expected = ++last_appended[records[i].node];
        if (records[i].number != expected) {
            wrong("record of the log at", log_position + i * sizeof(record), records[i].number, expected, expected);
        }
    }
    log_position += got;
}

/* --- a counter under a lock --- */

static void lock(int type) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_len = 8};
    require(fcntl(file_fds[0], F_SETLKW, &range) == 0, "fcntl");
}

static void increment(void) {
    uint64_t value;
    lock(F_WRLCK);
    read_all(file_fds[0], &value, sizeof value, 0);
    uint64_t expected = shared->increments;
    if (value != expected) {
        wrong("counter", 0, value, expected, expected);
    }
    value++;
    require(pwrite(file_fds[0], &value, sizeof value, 0) == sizeof value, "pwrite");
    shared->increments = value;
    lock(F_UNLCK);
}

/* --- who does what --- */

static void open_nothing(void) {
}

static void open_for_writing(void) {
    open_files(O_RDWR, 0);
}

static void open_for_reading(void) {
    open_files(O_RDONLY, 0);
}

static void map_for_writing(void) {
    open_files(O_RDWR, PROT_READ | PROT_WRITE);
}

static void map_for_reading(void) {
    open_files(O_RDONLY, PROT_READ);
}

static void open_log_to_append(void) {
    file_fds[0] = open_file("log", 0, O_WRONLY | O_APPEND);
}

static void open_log(void) {
    file_fds[0] = open_file("log", 0, O_RDONLY);
}

static void open_counter(void) {
    file_fds[0] = open_file("counter", 0, O_RDWR);
}

static const struct {
    const char *name;
    void (*prepare)(void);
    void (*round)(void);
} roles[] = {
    {"plain writer", open_for_writing, write_plain},
    {"mapped writer", map_for_writing, write_mapped},
    {"plain reader", open_for_reading, read_plain},
    {"reader that opens", open_for_reading, read_reopened},
    {"mapped reader", map_for_reading, read_mapped},
    {"replacer", open_nothing, replace},
    {"reader of what is replaced", open_nothing, read_replaced},
    {"appender", open_log_to_append, append},
    {"reader of the log", open_log, read_log},
    {"counter", open_counter, increment},
};
enum { ROLES = sizeof roles / sizeof *roles };

static void work(int number) {
    role = roles[number].name;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    srand(node * ROLES + number + 1);
    roles[number].prepare();
    while (!shared->stop) {
        roles[number].round();
        shared->rounds[node][number]++;
        usleep(rand() % PAUSE_MAX_US);
    }
    exit(0);
}

static void report(long seconds) {
    printf("after %ld s, rounds of all nodes:", seconds);
    for (int i = 0; i < ROLES; i++) {
        uint64_t sum = 0;
        for (int j = 0; j < nodes; j++) {
            sum += shared->rounds[j][i];
        }
        printf("%s %s %lu", i == 0 ? "" : ",", roles[i].name, sum);
    }
    printf("\n");
    fflush(stdout);
}

static void make_file(const char *name, int number, off_t size) {
    int fd = open_file(name, number, O_RDWR | O_CREAT | O_EXCL);
    require(ftruncate(fd, size) == 0, "ftruncate");
    close(fd);
}

/* Returns whether all goes on. */
static int watch(long seconds, pid_t pids[NODES_MAX][ROLES]) {
    uint64_t before[NODES_MAX][ROLES] = {0};
    long moved[NODES_MAX][ROLES] = {0};
    for (long second = 1; second <= seconds; second++) {
        sleep(1);
        if (waitpid(-1, NULL, WNOHANG) > 0) {
            return 0;
        }
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < ROLES; j++) {
                if (shared->rounds[i][j] != before[i][j]) {
                    before[i][j] = shared->rounds[i][j];
                    moved[i][j] = second;
                } else if (second - moved[i][j] >= STILL_S) {
                    fprintf(stderr, "nodes-load: %s on node %d (process %d) stands still for %d s\n", roles[j].name,
                        i + 1, pids[i][j], STILL_S);
                    return 0;
                }
            }
        }
        if (second % REPORT_S == 0) {
            report(second);
        }
    }
    return 1;
}

int main(int count, char **arguments) {
    role = "start";
    nodes = count - 2;
    if (nodes < 1 || nodes > NODES_MAX) {
        fprintf(stderr, "usage: nodes-load SECONDS DIR...\n");
        return 2;
    }
    long seconds = atol(arguments[1]);
    for (int i = 0; i < nodes; i++) {
        directories[i] = arguments[i + 2];
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    require(shared != MAP_FAILED, "memory");
    for (int i = 0; i < FILES; i++) {
        make_file("pages", i, FILE_SLOTS * PAGE_BYTES);
    }
    make_file("log", 0, 0);
    make_file("counter", 0, sizeof(uint64_t));
    pid_t pids[NODES_MAX][ROLES];
    for (node = 0; node < nodes; node++) {
        for (int i = 0; i < ROLES; i++) {
            pids[node][i] = fork();
            require(pids[node][i] >= 0, "fork");
            if (pids[node][i] == 0) {
                work(i);
            }
        }
    }
    time_t start = time(NULL);
    int passed = watch(seconds, pids);
    shared->stop = 1;
    report(time(NULL) - start);
    int status;
    while (passed && waitpid(-1, &status, 0) > 0) {
        passed = status == 0;
    }
    for (int i = 0; i < nodes && !passed; i++) {
        for (int j = 0; j < ROLES; j++) {
            kill(pids[i][j], SIGKILL);
        }
    }
    return !passed;
}
