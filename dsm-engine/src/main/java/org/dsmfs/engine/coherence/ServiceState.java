package org.dsmfs.engine.coherence;

/** How far the responsible node is with the request for a page that it is serving. */
enum ServiceState {
    /** None is being served. */
    IDLE,
    /** A reader's data are on their way; its Done is awaited. */
    READING,
    /** A writer's data are on their way, if it needs any; InvAcks are awaited. */
    INVALIDATING,
    /** All other copies are gone, the writer has been told; its Done is awaited. */
    GRANTED;

    static final ServiceState[] VALUES = values();
}
