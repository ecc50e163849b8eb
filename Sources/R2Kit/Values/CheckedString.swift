extension Decoder {
    /// Reads a string and makes a checked value of it; what the check refuses is corrupted data to a decoder.
    func checkedString<Value>(_ make: (String) throws(R2KitError) -> Value) throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        do {
            return try make(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }
}
