package org.dsmfs.mount.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in few words. */
final class FileErrors {
    private FileErrors() {
    }

    /** @return the reason without the path */
    static String reason(final IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "not a directory";
        }
        if (failure instanceof FileSystemException details && details.getReason() != null) {
            return details.getReason();
        }
        return failure.getMessage();
    }
}
