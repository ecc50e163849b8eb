#if Emulator
@testable import R2Emulator

/// A change of one byte in what a signature covers.
struct Change {
    let name: String
    let request: EmulatorRequest

    /// Returns every change of a byte in the method, the target and the values of signed headers, besides those that
    /// mean the same.
    static func all(of request: EmulatorRequest, signedHeaders: [String]) -> [Change] {
        var changes: [Change] = []
        for index in request.method.indices {
            changes.append(
                Change(name: "method \(index)", request: request.with(method: request.method.changed(at: index))))
        }
        // A separator between parameters doesn't change the signature if it's doubled or moved to an end, and `%2b` is
        // `%2B` in a query. Other changes are covered by changing one character into another that's unlike it.
        for index in request.target.indices where index > request.target.startIndex {
            let target = request.target.changed(at: index)
            let changed = EmulatorRequest(method: request.method, target: target, headers: request.headers)
            changes.append(Change(name: "target \(target)", request: changed))
        }
        for (position, header) in request.headers.enumerated()
        where signedHeaders.contains(header.name.lowercased()) {
            for index in header.value.indices where header.value[index] != " " {
                var headers = request.headers
                headers[position].value = header.value.changed(at: index)
                let changed = EmulatorRequest(method: request.method, target: request.target, headers: headers)
                changes.append(Change(name: "\(header.name): \(headers[position].value)", request: changed))
            }
        }
        return changes
    }
}

extension String {
    /// Returns the string with another character at an index, which differs not only in case.
    func changed(at index: Index) -> String {
        var copy = self
        let old = self[index]
        let new: Character = old == "0" ? "1" : old.isNumber ? "0" : old.lowercased() == "z" ? "Y" : "Z"
        copy.replaceSubrange(index...index, with: String(new))
        return copy
    }
}
#endif
