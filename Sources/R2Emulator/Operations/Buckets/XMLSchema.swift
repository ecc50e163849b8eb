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
    func check(_ bytes: [UInt8]) throws(Refusal) {
        do throws(XMLError) {
            var scanner = XMLScanner(bytes)
            guard try scanner.root() == root else { throw scanner.problem("another root element was expected") }
            try check(root, &scanner)
            try scanner.finish()
        } catch {
            var refusal = Refusal.malformedXML
            refusal.explanation = "\(error.message) (byte \(error.offset))"
            throw refusal
        }
    }

    private func check(_ parent: String, _ scanner: inout XMLScanner) throws(XMLError) {
        guard let known = children[parent] else {
            _ = try scanner.text()
            return
        }
        while let name = try scanner.nextChild() {
            guard known.contains(name) else { throw scanner.problem("\(parent) contains the unknown element \(name)") }
            try check(name, &scanner)
        }
    }
}
#endif
