/// The columns of a video, in the order in which all statements read and write them.
enum VideoColumn: Int, CaseIterable {
    case id, title, description, objectKey, sessionID, uploadedBy, contentType, byteSize, etag, duration, width, height
    case frameRate, thumbnailKey, tags, metadata, renditions, visibility, externalID, state, failureReason, version
    case createdAt, updatedAt, uploadExpiresAt, uploadedAt, readyAt, deleteAfter, deletedAt

    /// The index of the column in a row.
    var index: Int { rawValue }

    /// The column's name, which is the name of the case in snake case.
    var name: String {
        var name = ""
        var wasLowercase = false
        for letter in String(describing: self) {
            if letter.isUppercase, wasLowercase { name += "_" }
            wasLowercase = letter.isLowercase
            name += letter.lowercased()
        }
        return name
    }

    /// All names, separated by commas.
    static let list = allCases.map(\.name).joined(separator: ", ")
}
