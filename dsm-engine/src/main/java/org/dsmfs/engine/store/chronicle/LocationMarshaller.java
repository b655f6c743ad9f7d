package org.dsmfs.engine.store.chronicle;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.RandomDataOutput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.dsmfs.engine.store.PageIndex.Location;

/**
 * How places lie in the map. Public, as is the constructor, since the library makes it by name when it opens a file.
 */
public final class LocationMarshaller extends AbstractData<Location>
    implements DataAccess<Location>, SizedReader<Location> {
    private static final int SLOT_OFFSET = 0;
    private static final int VERSION_OFFSET = 8;
    private static final int LENGTH_OFFSET = 16;
    private static final int CRC_OFFSET = 20;
    private static final int BYTES = 24;

    private BytesStore<?, ?> bytes = BytesStore.wrap(new byte[BYTES]);
    private Location location;

    @Override
    public Data<Location> getData(final Location instance) {
        location = instance;
        return this;
    }

    @Override
    public void uninit() {
        location = null;
    }

    @Override
    public DataAccess<Location> copy() {
        return new LocationMarshaller();
    }

    @Override
    public void writeTo(final RandomDataOutput target, final long offset) {
        target.writeLong(offset + SLOT_OFFSET, location.slot);
        target.writeLong(offset + VERSION_OFFSET, location.version);
        target.writeInt(offset + LENGTH_OFFSET, location.length);
        target.writeInt(offset + CRC_OFFSET, location.crc);
    }

    @Override
    public Location read(final Bytes in, final long size, final Location using) {
        final Location location = using == null ? new Location() : using;
        location.slot = in.readLong();
        location.version = in.readLong();
        location.length = in.readInt();
        location.crc = in.readInt();
        return location;
    }

    @Override
    public RandomDataInput bytes() {
        writeTo(bytes, 0);
        return bytes;
    }

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public long size() {
        return BYTES;
    }

    @Override
    public Location get() {
        return location;
    }

    @Override
    public Location getUsing(final Location using) {
        final Location copy = using == null ? new Location() : using;
        copy.slot = location.slot;
        copy.version = location.version;
        copy.length = location.length;
        copy.crc = location.crc;
        return copy;
    }

    @Override
    public void readMarshallable(final WireIn wire) {
        bytes = BytesStore.wrap(new byte[BYTES]);
    }

    @Override
    public void writeMarshallable(final WireOut wire) {
        // It has no settings to be kept in the file.
    }
}
