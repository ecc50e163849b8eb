extension Decoder {
    /// Decodes a string and makes a checked value of it.
    ///
    /// A failed check is corrupted data to a decoder.
    func checkedString<Value>(_ make: (String) throws(R2ValidationError) -> Value) throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        do {
            return try make(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }
}
