package org.dsmfs.engine.store.chronicle;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
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

/**
 * How keys lie in the map. Public, as is the constructor, since the library makes it by name when it opens a file.
 */
public final class PageKeyMarshaller extends AbstractData<PageKey>
    implements DataAccess<PageKey>, SizedReader<PageKey> {
    private BytesStore<?, ?> bytes = BytesStore.wrap(new byte[PageKey.BYTES]);
    private PageKey key;

    @Override
    public Data<PageKey> getData(final PageKey instance) {
        key = instance;
        return this;
    }

    @Override
    public void uninit() {
        key = null;
    }

    @Override
    public DataAccess<PageKey> copy() {
        return new PageKeyMarshaller();
    }

    @Override
    public long hash(final LongHashFunction function) {
        return function.hashLong(function.hashLong(key.segment) ^ key.page);
    }

    @Override
    public boolean equivalent(final RandomDataInput source, final long offset) {
        return source.readLong(offset) == key.segment && source.readLong(offset + Long.BYTES) == key.page;
    }

    @Override
    public void writeTo(final RandomDataOutput target, final long offset) {
        target.writeLong(offset, key.segment);
        target.writeLong(offset + Long.BYTES, key.page);
    }

    @Override
    public PageKey read(final Bytes in, final long size, final PageKey using) {
        return (using == null ? new PageKey() : using).set(in.readLong(), in.readLong());
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
        return PageKey.BYTES;
    }

    @Override
    public PageKey get() {
        return key;
    }

    @Override
    public PageKey getUsing(final PageKey using) {
        return (using == null ? new PageKey() : using).set(key.segment, key.page);
    }

    @Override
    public void readMarshallable(final WireIn wire) {
        bytes = BytesStore.wrap(new byte[PageKey.BYTES]);
    }

    @Override
    public void writeMarshallable(final WireOut wire) {
        // It has no settings to be kept in the file.
    }
}
