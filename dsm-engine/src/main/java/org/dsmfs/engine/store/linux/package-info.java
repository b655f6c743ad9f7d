/**
 * Files on Linux, by its system calls.
 */
package org.dsmfs.engine.store.linux;
