/**
 * Who is a node of the space, who serves, and who is responsible for which partition.
 */
package org.dsmfs.engine.membership;
