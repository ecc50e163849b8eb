/// The sort key of an index: a date, then the identifier.
///
/// It also holds the slot of the row.
struct IndexKey: Comparable {
    let microseconds: Int64
    let id: Video.ID
    var slot = 0

    static func == (first: IndexKey, second: IndexKey) -> Bool {
        (first.microseconds, first.id.high, first.id.low) == (second.microseconds, second.id.high, second.id.low)
    }

    static func < (first: IndexKey, second: IndexKey) -> Bool {
        (first.microseconds, first.id.high, first.id.low) < (second.microseconds, second.id.high, second.id.low)
    }
}

/// A sorted set of keys in chunks, so that an insertion moves the keys of one chunk only.
struct SortedKeys {
    /// The position of a key, or the position where it would be inserted.
    struct Place: Equatable {
        var chunk: Int
        var offset: Int
    }

    private static let chunkSize = 256
    private var chunks: [[IndexKey]] = []
    private(set) var count = 0

    /// Returns the place of the first key that isn't less.
    func place(of key: IndexKey) -> Place {
        let chunk = chunks.firstIndex(inSorted: { $0[$0.count - 1] >= key })
        guard chunk < chunks.count else { return Place(chunk: chunk, offset: 0) }
        return Place(chunk: chunk, offset: chunks[chunk].firstIndex(inSorted: { $0 >= key }))
    }

    var start: Place { Place(chunk: 0, offset: 0) }
    var end: Place { Place(chunk: chunks.count, offset: 0) }

    func key(at place: Place) -> IndexKey? {
        place.chunk < chunks.count ? chunks[place.chunk][place.offset] : nil
    }

    func next(after place: Place) -> Place {
        place.offset + 1 < chunks[place.chunk].count
            ? Place(chunk: place.chunk, offset: place.offset + 1) : Place(chunk: place.chunk + 1, offset: 0)
    }

    /// Returns the previous place, or `nil` at the start.
    func previous(before place: Place) -> Place? {
        if place.offset > 0 { return Place(chunk: place.chunk, offset: place.offset - 1) }
        guard place.chunk > 0 else { return nil }
        return Place(chunk: place.chunk - 1, offset: chunks[place.chunk - 1].count - 1)
    }

    mutating func insert(_ key: IndexKey) {
        var place = place(of: key)
        guard self.key(at: place) != key else { return }
        count += 1
        if place.chunk == chunks.count {
            guard !chunks.isEmpty else {
                chunks.append([key])
                return
            }
            place = Place(chunk: chunks.count - 1, offset: chunks[chunks.count - 1].count)
        }
        chunks[place.chunk].insert(key, at: place.offset)
        if chunks[place.chunk].count > Self.chunkSize { split(place) }
    }

    /// Splits a full chunk.
    ///
    /// Keys mostly arrive in order, so a full last chunk stays full and a new one starts.
    private mutating func split(_ place: Place) {
        let isAppended = place.chunk == chunks.count - 1 && place.offset == Self.chunkSize
        let middle = isAppended ? Self.chunkSize : Self.chunkSize / 2
        let rest = Array(chunks[place.chunk][middle...])
        chunks[place.chunk].removeSubrange(middle...)
        chunks.insert(rest, at: place.chunk + 1)
    }

    mutating func remove(_ key: IndexKey) {
        let place = place(of: key)
        guard self.key(at: place) == key else { return }
        count -= 1
        chunks[place.chunk].remove(at: place.offset)
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) } else { merge(place.chunk) }
    }

    /// Merges a chunk with the next one if both fit into half a chunk, so that chunks don't stay nearly empty.
    private mutating func merge(_ chunk: Int) {
        guard chunk + 1 < chunks.count, chunks[chunk].count + chunks[chunk + 1].count <= Self.chunkSize / 2 else {
            return
        }
        chunks[chunk] += chunks[chunk + 1]
        chunks.remove(at: chunk + 1)
    }
}

extension Array {
    /// Returns the first index whose element meets a condition that all later elements also meet.
    func firstIndex(inSorted condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
