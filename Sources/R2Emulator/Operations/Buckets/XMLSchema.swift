#if Emulator
internal import R2Kit

/// The elements that a document may have, by the names of their parents.
struct XMLSchema: Sendable {
    let root: String
    /// The names of the children by the parent's name.
    ///
    /// An element that isn't a parent contains text.
    let children: [String: Set<String>]

    /// Throws unless a document is well-formed and has only known elements.
    ///
    /// R2 (documented): unknown elements in configurations are MalformedXML.
    /// - Returns: The texts of the elements without children, by the elements' names.
    /// - Throws: A ``Refusal`` with the place of the problem as its explanation.
    @discardableResult
    func check(_ bytes: [UInt8]) throws(Refusal) -> [String: [String]] {
        var texts: [String: [String]] = [:]
        do throws(XMLError) {
            var scanner = XMLScanner(bytes)
            guard try scanner.root() == root else { throw scanner.problem("another root element was expected") }
            try check(root, &scanner, &texts)
            try scanner.finish()
            return texts
        } catch {
            var refusal = Refusal.malformedXML
            refusal.explanation = "\(error.message) (byte \(error.offset))"
            throw refusal
        }
    }

    private func check(
        _ parent: String, _ scanner: inout XMLScanner, _ texts: inout [String: [String]]
    ) throws(XMLError) {
        guard let known = children[parent] else {
            texts[parent, default: []].append(try scanner.text())
            return
        }
        while let name = try scanner.nextChild() {
            guard known.contains(name) else { throw scanner.problem("\(parent) contains the unknown element \(name)") }
            try check(name, &scanner, &texts)
        }
    }
}
#endif
