#if Postgres
/// The columns of a video, in the order in which every statement reads and writes them.
enum VideoColumn: Int, CaseIterable {
    case id, title, description, objectKey, sessionID, uploadedBy, contentType, byteSize, etag, duration, width, height
    case frameRate, thumbnailKey, tags, metadata, renditions, visibility, externalID, state, failureReason, version
    case createdAt, updatedAt, uploadExpiresAt, uploadedAt, readyAt, deleteAfter, deletedAt

    /// The column's place in a row.
    var place: Int { rawValue }

    /// The column's name: that of the case, with an underscore before each word.
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

    /// All names, to be selected.
    static let list = allCases.map(\.name).joined(separator: ", ")
}
#endif
