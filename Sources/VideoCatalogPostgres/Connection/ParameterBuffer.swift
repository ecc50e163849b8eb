#if Postgres
import CLibPQ
import VideoCatalog
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Parameters in PostgreSQL's binary format, one after the other in one piece of memory.
struct ParameterBuffer {
    /// The longest value that PostgreSQL takes, in bytes: 1 GiB.
    private static let limit = 1 << 30

    private var bytes: [UInt8] = []
    /// Where each value ends in ``bytes``; a NULL has the complement (`~`) of that place.
    private var ends: [Int] = []
    private var types: [Oid] = []

    /// Takes the parameters of the next statement.
    ///
    /// - Returns: Whether none is too long.
    mutating func fill(_ parameters: [PostgresValue]) -> Bool {
        if bytes.capacity > 65536 { bytes = [] }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        var start = 0
        for parameter in parameters {
            let isNull = !append(parameter)
            guard bytes.count - start <= Self.limit else { return false }
            start = bytes.count
            ends.append(isNull ? ~start : start)
            types.append(parameter.typeOID)
        }
        // So that an empty value has an address as well: NULL has none.
        bytes.append(0)
        return true
    }

    /// What libpq's functions take: the types, and for each value its place, length and format.
    struct Pointers {
        let count: Int32
        let types: UnsafePointer<Oid>?
        let values: UnsafePointer<UnsafePointer<CChar>?>?
        let lengths: UnsafePointer<Int32>?
        let formats: UnsafePointer<Int32>?
    }

    /// Lends the parameters to libpq, which copies them.
    func withPointers(_ send: (Pointers) -> Int32) -> Int32 {
        let count = ends.count
        guard count > 0 else { return send(Pointers(count: 0, types: nil, values: nil, lengths: nil, formats: nil)) }
        return bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    var start = 0
                    for (index, end) in ends.enumerated() {
                        let isNull = end < 0
                        let place = bytes.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
                        values.initializeElement(at: index, to: isNull ? nil : place)
                        // The lengths, then the formats: 1 is binary.
                        numbers.initializeElement(at: index, to: isNull ? 0 : Int32(end - start))
                        numbers.initializeElement(at: count + index, to: 1)
                        start = isNull ? ~end : end
                    }
                    return types.withUnsafeBufferPointer { types in
                        send(
                            Pointers(
                                count: Int32(count), types: types.baseAddress,
                                values: UnsafePointer(values.baseAddress),
                                lengths: UnsafePointer(numbers.baseAddress),
                                formats: numbers.baseAddress.map { UnsafePointer($0 + count) }))
                    }
                }
            }
        }
    }

    // MARK: - Values

    /// Appends a value's bytes.
    ///
    /// - Returns: Whether it is something else than NULL.
    private mutating func append(_ value: PostgresValue) -> Bool {
        switch value {
        case .text(let text?): bytes.append(contentsOf: text.utf8)
        case .int8(let number?): append(number)
        case .float8(let number?): append(number.bitPattern)
        case .bool(let flag?): bytes.append(flag ? 1 : 0)
        case .uuid(let id?): append(id)
        // PostgreSQL counts from the beginning of 2000.
        case .timestamp(let instant?): append(instant.microseconds &- 946_684_800_000_000)
        case .jsonb(let json?):
            // The version of the format.
            bytes.append(1)
            bytes.append(contentsOf: json.utf8)
        case .textArray(let texts): append(texts, elementType: 25) { $0.bytes.append(contentsOf: $1.utf8) }
        case .uuidArray(let ids): append(ids, elementType: 2950) { $0.append($1) }
        case .text(nil), .int8(nil), .float8(nil), .bool(nil), .uuid(nil), .timestamp(nil), .jsonb(nil): return false
        }
        return true
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ id: UUID) {
        withUnsafeBytes(of: id.uuid) { bytes.append(contentsOf: $0) }
    }

    /// An array of one dimension, or of none if it is empty.
    private mutating func append<Element>(
        _ elements: [Element], elementType: Int32, _ append: (inout ParameterBuffer, Element) -> Void
    ) {
        self.append(Int32(elements.isEmpty ? 0 : 1))
        // No element is NULL.
        self.append(Int32(0))
        self.append(elementType)
        guard !elements.isEmpty else { return }
        self.append(Int32(clamping: elements.count))
        // The first subscript.
        self.append(Int32(1))
        for element in elements {
            let place = bytes.count
            self.append(Int32(0))
            append(&self, element)
            let length = Int32(clamping: bytes.count - place - 4)
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
        }
    }
}
#endif
