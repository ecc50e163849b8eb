internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

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

// MARK: - Writing

extension Video {
    /// Returns the values of the row in the order of ``VideoColumn``, and then the folded title.
    ///
    /// - Throws: The errors of the JSON encoder.
    func parameters() throws -> [PostgresValue] {
        [
            .uuid(id.uuid), .text(title), .text(description), .text(objectKey), .text(sessionID?.rawValue),
            .text(uploadedBy.rawValue), .text(contentType), .int8(byteSize), .text(etag), .float8(duration),
            .int8(width.map(Int64.init)), .int8(height.map(Int64.init)), .float8(frameRate), .text(thumbnailKey),
            .textArray(tags), .jsonb(metadata.isEmpty ? "{}" : try Self.json(metadata)),
            .jsonb(renditions.isEmpty ? "[]" : try Self.json(renditions)), .text(visibility.rawValue),
            .text(externalID), .text(state.kind.rawValue), .text(state.failureReason), .int8(Int64(version)),
            .date(createdAt), .date(updatedAt), .date(uploadExpiresAt), .date(uploadedAt), .date(readyAt),
            .date(deleteAfter), .date(deletedAt), .text(RepositorySupport.folded(title)),
        ]
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

extension PostgresValue {
    /// A `timestamptz` of a date.
    ///
    /// A date outside the catalog's range becomes the nearer end of the range.
    static func date(_ date: Date?) -> PostgresValue { .timestamp(date.flatMap(CatalogTimestamp.init(clamping:))) }
}

// MARK: - Reading

extension PostgresResult {
    /// Returns the videos of all rows, whose first columns are those of ``VideoColumn``.
    ///
    /// - Throws: A `CatalogError` with the code `corruptRow`.
    func videos() throws -> [Video] { try rows { try Video($0) } }

    /// Returns the video of the first row, or `nil` if there are no rows.
    ///
    /// - Throws: A `CatalogError` with the code `corruptRow`.
    func firstVideo() throws -> Video? {
        guard rowCount > 0 else { return nil }
        return try row(0) { try Video($0) }
    }

    /// Returns a value made of each row, whose first columns are those of ``VideoColumn``.
    ///
    /// - Throws: A `CatalogError` with the code `corruptRow`.
    func rows<Value>(_ make: (RowReader) throws -> Value) throws -> [Value] {
        try (0..<rowCount).map { try row($0, make) }
    }

    private func row<Value>(_ row: Int, _ make: (RowReader) throws -> Value) throws -> Value {
        guard columnCount >= VideoColumn.allCases.count, ends.count == rowCount * columnCount else {
            throw CatalogError(
                .storeFailure, "The session returned rows with other columns than the statement selects.")
        }
        return try bytes.withUnsafeBytes { bytes in
            try ends.withUnsafeBufferPointer { ends in
                let reader = RowReader(bytes: bytes, ends: ends, first: row * columnCount, format: format)
                do {
                    return try make(reader)
                } catch let error as RowReader.Corruption {
                    throw CatalogError.corruptRow(reader, error)
                }
            }
        }
    }
}

extension Video {
    init(_ row: RowReader) throws(RowReader.Corruption) {
        let kindColumn = VideoColumn.state.index
        guard let kind = try State.Kind(rawValue: row.text(kindColumn)) else { throw .init(column: kindColumn) }
        let versionColumn = VideoColumn.version.index
        guard let version = try row.integer(versionColumn).flatMap(Int.init(exactly:)) else {
            throw .init(column: versionColumn)
        }
        self.init(
            id: ID(try row.uuid(VideoColumn.id.index)), title: try row.text(VideoColumn.title.index),
            objectKey: try row.text(VideoColumn.objectKey.index),
            uploadedBy: UserID(rawValue: try row.text(VideoColumn.uploadedBy.index)),
            state: State(kind: kind, failureReason: row.optionalText(VideoColumn.failureReason.index)),
            version: version, createdAt: try row.requiredDate(.createdAt), updatedAt: try row.requiredDate(.updatedAt))
        description = row.optionalText(VideoColumn.description.index)
        sessionID = row.optionalText(VideoColumn.sessionID.index).map(CourseSessionID.init(rawValue:))
        contentType = row.optionalText(VideoColumn.contentType.index)
        byteSize = try row.integer(VideoColumn.byteSize.index)
        etag = row.optionalText(VideoColumn.etag.index)
        duration = try row.number(VideoColumn.duration.index)
        width = try row.integer(VideoColumn.width.index).map(Int.init(truncatingIfNeeded:))
        height = try row.integer(VideoColumn.height.index).map(Int.init(truncatingIfNeeded:))
        frameRate = try row.number(VideoColumn.frameRate.index)
        thumbnailKey = row.optionalText(VideoColumn.thumbnailKey.index)
        tags = try row.texts(VideoColumn.tags.index)
        metadata = try row.decoded(.metadata, empty: "{}", [:])
        renditions = try row.decoded(.renditions, empty: "[]", [])
        visibility = Visibility(rawValue: try row.text(VideoColumn.visibility.index))
        externalID = row.optionalText(VideoColumn.externalID.index)
        uploadExpiresAt = try row.date(VideoColumn.uploadExpiresAt.index)
        uploadedAt = try row.date(VideoColumn.uploadedAt.index)
        readyAt = try row.date(VideoColumn.readyAt.index)
        deleteAfter = try row.date(VideoColumn.deleteAfter.index)
        deletedAt = try row.date(VideoColumn.deletedAt.index)
    }
}

extension RowReader {
    fileprivate func requiredDate(_ column: VideoColumn) throws(Corruption) -> Date {
        guard let date = try date(column.index) else { throw Corruption(column: column.index) }
        return date
    }

    /// Decodes JSON.
    ///
    /// An empty object or array, which is just its brackets, needs no decoder.
    fileprivate func decoded<Value: Decodable>(
        _ column: VideoColumn, empty brackets: StaticString, _ empty: Value
    ) throws(Corruption) -> Value {
        let json = try json(column.index)
        if json.count == 2, json[0] == brackets.utf8Start[0], json[1] == brackets.utf8Start[1] { return empty }
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(json)) else {
            throw Corruption(column: column.index)
        }
        return value
    }
}

extension CatalogError {
    static func corruptRow(_ row: RowReader, _ corruption: RowReader.Corruption) -> CatalogError {
        let row = (try? row.uuid(VideoColumn.id.index)).map { "the row of the video \(Video.ID($0))" } ?? "a row"
        let columns = VideoColumn.allCases
        let name = columns.indices.contains(corruption.column) ? columns[corruption.column].name : "claim_token"
        return CatalogError(
            .corruptRow,
            "Invalid value in the column \(name) of \(row): no version of this package writes it. Correct it by hand.")
    }
}
