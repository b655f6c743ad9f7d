package org.dsmfs.engine;

/** Whoever starts a node: is told what the start waits for, and may give it up. */
public interface StartObserver {
    /** Waits silently for as long as it takes. */
    StartObserver SILENT = new StartObserver() {
        @Override
        public void waitingFor(final String whom) {
            // Nobody wants to know.
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    /** The start takes long because others are not there. @param whom in words; told again when it has changed */
    void waitingFor(String whom);

    /** @return whether the start is to be given up; asked several times a second while it waits */
    boolean isCancelled();
}
