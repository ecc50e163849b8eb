/// Rows in numbered slots.
///
/// The slots are in blocks, so that rows inserted one after another are adjacent in memory and growing moves none of
/// them.
struct RowStore<Row> {
    private static var blockSize: Int { 256 }
    private var blocks: [ContiguousArray<Row?>] = []
    private var freeSlots: [Int] = []
    private var end = 0

    /// The row in a slot that ``insert(_:)`` returned and that hasn't been removed since.
    subscript(slot: Int) -> Row? {
        get { blocks[slot / Self.blockSize][slot % Self.blockSize] }
        _modify { yield &blocks[slot / Self.blockSize][slot % Self.blockSize] }
    }

    mutating func insert(_ row: Row) -> Int {
        if let slot = freeSlots.popLast() {
            self[slot] = row
            return slot
        }
        if end.isMultiple(of: Self.blockSize) {
            blocks.append([])
            blocks[blocks.count - 1].reserveCapacity(Self.blockSize)
        }
        blocks[end / Self.blockSize].append(row)
        end += 1
        return end - 1
    }

    mutating func remove(_ slot: Int) {
        self[slot] = nil
        freeSlots.append(slot)
    }
}
