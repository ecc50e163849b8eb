/// Checks texts that become header values.
enum HeaderText {
    /// Visible ASCII with single spaces inside: what every client and server sends and signs alike.
    static func check(_ value: String, for header: String) throws(R2KitError) {
        guard isPlain(value) else {
            throw R2KitError(
                .invalidHeaderValue,
                "the value of \(header) must be printable ASCII, not empty, "
                    + "without spaces at its ends or two in a row")
        }
    }

    static func isPlain(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { bytes in
            var previous = UInt8(ascii: " ")
            for byte in bytes {
                guard ASCII.isPrintable(byte) else { return false }
                if byte == UInt8(ascii: " ") && previous == byte { return false }
                previous = byte
            }
            return previous != UInt8(ascii: " ")
        }
    }

    /// A content length that one request can have.
    static func check(contentLength: Int64?) throws(R2KitError) -> Int? {
        guard let contentLength else { return nil }
        guard contentLength >= 0 else {
            throw R2KitError(.invalidContentLength, "a content length is zero or more bytes, not \(contentLength)")
        }
        guard contentLength <= UploadConstraints.maximumContentLength else {
            throw R2KitError(
                .invalidContentLength,
                "one request carries up to \(UploadConstraints.maximumContentLength) bytes (5 GiB less 5 MiB), "
                    + "not \(contentLength); upload more in parts, see PartPlan")
        }
        return Int(contentLength)
    }
}
