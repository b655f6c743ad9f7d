#!/usr/bin/env python3
"""Fills a filesystem: fill.py MODE DIR makes a directory and entries in it until there is no space left, then syncs it.

MODE is bytes, files, directories or xattrs. Prints how many there are; ends with 1 at any other error than ENOSPC.
"""
import errno
import os
import sys

CONTENT = bytes(range(256)) * 4096


def until_full(make):
    count = 0
    while True:
        try:
            make(count)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return count
        count += 1


def fill_bytes(directory):
    with open(os.path.join(directory, "content"), "wb", buffering=0) as file:
        written = 0

        def write(_):
            nonlocal written
            written += file.write(CONTENT)

        until_full(write)
        os.fsync(file.fileno())
        return written


def fill_files(directory):
    def make(number):
        with open(os.path.join(directory, f"file-{number}"), "wb", buffering=0) as file:
            file.write(b"content of %d" % number)

    return until_full(make)


def fill_directories(directory):
    return until_full(lambda number: os.mkdir(os.path.join(directory, f"directory-{number}")))


def fill_xattrs(directory):
    def make(number):
        path = os.path.join(directory, f"file-{number}")
        with open(path, "wb"):
            os.setxattr(path, "user.large", CONTENT[:60000])

    return until_full(make)


def main():
    fill = {"bytes": fill_bytes, "files": fill_files, "directories": fill_directories, "xattrs": fill_xattrs}
    mode, directory = sys.argv[1:]
    os.mkdir(directory)
    print(fill[mode](directory))
    opened = os.open(directory, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


main()
