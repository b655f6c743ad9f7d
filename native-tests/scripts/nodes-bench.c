/* What one node costs another: timed system calls on two directories that show the same files.
 *
 *   nodes-bench DIR-A DIR-B MEASUREMENT AMOUNT
 *
 * Prints lines of "NAME UNIT VALUE". Everything is made in DIR-A and removed again.
 *
 *   visible AMOUNT    AMOUNT times: pwrite on one node, then the first pread on the other, which must see it
 *   hand-over AMOUNT  AMOUNT times: lock and unlock with flock, by turns on the two nodes
 *   counter AMOUNT    one process on each node increments a counter under an fcntl lock for AMOUNT seconds
 *   stream AMOUNT     reads on one node a file of AMOUNT MiB that the other has written
 *   create AMOUNT     one process on each node makes AMOUNT files in one directory; before that, one alone
 *   miss AMOUNT       first pread of 4 KiB on one node of each of AMOUNT places that the other has written
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, BLOCK_BYTES = 1 << 20, COUNTER_DIGITS = 12 };
enum { MISS_BYTES = 4096, MISS_STRIDE_BYTES = 256 << 10 };

static const char *directories[2];

static void require(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "nodes-bench: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void demand(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "nodes-bench: %s\n", what);
        exit(1);
    }
}

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int open_on(int node, const char *name, int flags) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", directories[node], name);
    int fd = open(path, flags, 0644);
    require(fd >= 0, path);
    return fd;
}

static void remove_on(int node, const char *name) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", directories[node], name);
    require(unlink(path) == 0, path);
}

static int compare(const void *one, const void *two) {
    double difference = *(const double *) one - *(const double *) two;
    return (difference > 0) - (difference < 0);
}

static void print_latencies(const char *name, double *values, long count) {
    qsort(values, count, sizeof *values, compare);
    printf("%s us-p50 %.1f\n", name, values[count / 2]);
    printf("%s us-p99 %.1f\n", name, values[count - 1 - count / 100]);
}

static double *array(long count) {
    double *values = calloc(count, sizeof *values);
    require(values != NULL, "memory");
    return values;
}

static void measure_visible(long times) {
    double *writes = array(times), *reads = array(times), *both = array(times);
    int fds[2] = {open_on(0, "visible", O_RDWR | O_CREAT), open_on(1, "visible", O_RDWR)};
    for (long i = 1; i <= times; i++) {
        long seen = -1;
        double start = now_us();
        require(pwrite(fds[i % 2], &i, sizeof i, 0) == sizeof i, "pwrite");
        double written = now_us();
        require(pread(fds[(i + 1) % 2], &seen, sizeof seen, 0) == sizeof seen, "pread");
        double end = now_us();
        demand(seen == i, "the first look does not see the write");
        writes[i - 1] = written - start;
        reads[i - 1] = end - written;
        both[i - 1] = end - start;
    }
    print_latencies("write-of-shared", writes, times);
    print_latencies("read-of-written", reads, times);
    print_latencies("write-to-visible", both, times);
    close(fds[0]);
    close(fds[1]);
    remove_on(0, "visible");
}

static void measure_hand_over(long times) {
    double *values = array(times);
    int fds[2] = {open_on(0, "lock", O_RDWR | O_CREAT), open_on(1, "lock", O_RDWR)};
    for (long i = 0; i < times; i++) {
        double start = now_us();
        require(flock(fds[i % 2], LOCK_EX) == 0, "flock");
        values[i] = now_us() - start;
        require(flock(fds[i % 2], LOCK_UN) == 0, "flock");
    }
    print_latencies("lock-hand-over", values, times);
    close(fds[0]);
    close(fds[1]);
    remove_on(0, "lock");
}

static void set_lock(int fd, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
    require(fcntl(fd, F_SETLKW, &lock) == 0, "fcntl");
}

static long read_counter(int fd) {
    char digits[COUNTER_DIGITS + 1] = "";
    require(pread(fd, digits, COUNTER_DIGITS, 0) == COUNTER_DIGITS, "pread");
    return atol(digits);
}

static void write_counter(int fd, long value) {
    char digits[32];
    snprintf(digits, sizeof digits, "%0*ld", COUNTER_DIGITS, value);
    require(pwrite(fd, digits, COUNTER_DIGITS, 0) == COUNTER_DIGITS, "pwrite");
}

static long count_for(int node, long seconds) {
    int fd = open_on(node, "counter", O_RDWR);
    double end = now_us() + seconds * 1e6;
    long increments = 0;
    for (; now_us() < end; increments++) {
        set_lock(fd, F_WRLCK);
        write_counter(fd, read_counter(fd) + 1);
        set_lock(fd, F_UNLCK);
    }
    close(fd);
    return increments;
}

/* Runs the work in a process for each node; each one's result is added up. */
static long on_both(long (*work)(int node, long amount), long amount) {
    int results[2];
    require(pipe(results) == 0, "pipe");
    for (int node = 0; node < 2; node++) {
        pid_t child = fork();
        require(child >= 0, "fork");
        if (child == 0) {
            long result = work(node, amount);
            require(write(results[1], &result, sizeof result) == sizeof result, "write");
            _exit(0);
        }
    }
    close(results[1]);
    long sum = 0;
    for (int node = 0; node < 2; node++) {
        long result;
        demand(read(results[0], &result, sizeof result) == sizeof result, "a process failed");
        sum += result;
    }
    close(results[0]);
    while (wait(NULL) > 0) {
    }
    return sum;
}

static void measure_counter(long seconds) {
    int fd = open_on(0, "counter", O_RDWR | O_CREAT);
    write_counter(fd, 0);
    long increments = on_both(count_for, seconds);
    long lost = increments - read_counter(fd);
    printf("counter increments/s %.0f\n", (double) increments / seconds);
    printf("counter lost %ld\n", lost);
    close(fd);
    remove_on(0, "counter");
    demand(lost == 0, "increments are lost");
}

static double read_all(int node, char *block, long mib) {
    int fd = open_on(node, "stream", O_RDONLY);
    double start = now_us();
    for (long i = 0; i < mib; i++) {
        require(read(fd, block, BLOCK_BYTES) == BLOCK_BYTES, "read");
        demand(block[0] == (char) i && block[BLOCK_BYTES - 1] == (char) i, "another content than was written");
    }
    double seconds = (now_us() - start) / 1e6;
    close(fd);
    return mib / seconds;
}

static void measure_stream(long mib) {
    char *block = malloc(BLOCK_BYTES);
    require(block != NULL, "memory");
    int fd = open_on(0, "stream", O_WRONLY | O_CREAT);
    for (long i = 0; i < mib; i++) {
        memset(block, (int) i, BLOCK_BYTES);
        require(write(fd, block, BLOCK_BYTES) == BLOCK_BYTES, "write");
    }
    require(fsync(fd) == 0, "fsync");
    close(fd);
    printf("read-from-other MiB/s %.0f\n", read_all(1, block, mib));
    printf("read-again MiB/s %.0f\n", read_all(1, block, mib));
    free(block);
    remove_on(0, "stream");
}

static long create_files(int node, long files) {
    char name[64];
    for (long i = 0; i < files; i++) {
        snprintf(name, sizeof name, "file-%d-%ld", node, i);
        close(open_on(node, name, O_WRONLY | O_CREAT | O_EXCL));
    }
    return files;
}

static void remove_files(int node, long files) {
    char name[64];
    for (long i = 0; i < files; i++) {
        snprintf(name, sizeof name, "file-%d-%ld", node, i);
        remove_on(0, name);
    }
}

static void measure_create(long files) {
    double start = now_us();
    create_files(0, files);
    printf("create-alone files/s %.0f\n", files / (now_us() - start) * 1e6);
    remove_files(0, files);
    start = now_us();
    long created = on_both(create_files, files);
    printf("create-together files/s %.0f\n", created / (now_us() - start) * 1e6);
    remove_files(0, files);
    remove_files(1, files);
}

static void measure_miss(long places) {
    char data[MISS_BYTES];
    double *values = array(places);
    int writer = open_on(0, "miss", O_WRONLY | O_CREAT);
    for (long i = 0; i < places; i++) {
        memset(data, (int) i, sizeof data);
        require(pwrite(writer, data, sizeof data, i * MISS_STRIDE_BYTES) == sizeof data, "pwrite");
    }
    int reader = open_on(1, "miss", O_RDONLY);
    require(posix_fadvise(reader, 0, 0, POSIX_FADV_RANDOM) == 0, "posix_fadvise");
    for (long i = 0; i < places; i++) {
        /* 7919 is prime to any other number of places, so each one has its turn once, and in no order. */
        long place = i * 7919 % places;
        double start = now_us();
        require(pread(reader, data, sizeof data, place * MISS_STRIDE_BYTES) == sizeof data, "pread");
        values[i] = now_us() - start;
        demand(data[MISS_BYTES - 1] == (char) place, "another content than was written");
    }
    print_latencies("page-miss", values, places);
    close(writer);
    close(reader);
    remove_on(0, "miss");
}

int main(int argc, char **argv) {
    static const struct { const char *name; void (*run)(long amount); } measurements[] = {
        {"visible", measure_visible}, {"hand-over", measure_hand_over}, {"counter", measure_counter},
        {"stream", measure_stream}, {"create", measure_create}, {"miss", measure_miss},
    };
    demand(argc == 5 && atol(argv[4]) > 0, "usage: nodes-bench DIR-A DIR-B MEASUREMENT AMOUNT");
    directories[0] = argv[1];
    directories[1] = argv[2];
    for (size_t i = 0; i < sizeof measurements / sizeof *measurements; i++) {
        if (strcmp(measurements[i].name, argv[3]) == 0) {
            measurements[i].run(atol(argv[4]));
            return 0;
        }
    }
    demand(0, "no such measurement");
}
