import SigV4

/// The encoder: its results have only its alphabet, and decoding returns the same bytes.
@Sendable func fuzzPercentEncoding(_ input: FuzzInput) {
    let text = input.wholeText
    checkEncoding(of: text, PercentEncoding.encode(text), keeping: "")
    checkEncoding(of: text, PercentEncoding.encodePath(text), keeping: "/")

    guard let decoded = PercentEncoding.decode(text) else {
        check(text.utf8.contains(UInt8(ascii: "%")), "a text without '%' is not decoded")
        return
    }
    check(decoded.utf8.count <= text.utf8.count, "decoding makes a text longer")
    let again = PercentEncoding.decode(PercentEncoding.encode(decoded))
    check(again?.isSame(decoded) == true, "what was decoded is not encoded and decoded to the same")
}

private func checkEncoding(of text: String, _ encoded: String, keeping kept: String) {
    check(encoded.isUnreserved(or: "%" + kept), "something that must be encoded is not: \(encoded)")
    check(encoded.utf8.count <= 3 * text.utf8.count, "a byte became more than three")
    check(PercentEncoding.decode(encoded)?.isSame(text) == true, "decoding does not undo encoding: \(encoded)")
    let bytes = Array(encoded.utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
        let digits = bytes[(index + 1)...].prefix(2)
        let areUpperHex = digits.allSatisfy { (48...57).contains($0) || (65...70).contains($0) }
        check(digits.count == 2 && areUpperHex, "'%' without two uppercase hexadecimal digits: \(encoded)")
    }
}
