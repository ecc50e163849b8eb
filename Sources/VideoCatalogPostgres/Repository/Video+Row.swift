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
    case createdAt, updatedAt, uploadExpiresAt, uploadedAt, readyAt, deleteAfter, deletedAt, purgeStartedAt
    case uploadKey, uploadID, uploadPartSize, uploadByteSize, uploadContentType, replacedKeys

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
            .date(deleteAfter), .date(deletedAt), .date(purgeStartedAt), .text(upload?.objectKey),
            .text(upload?.id), .int8(upload?.partSize), .int8(upload?.byteSize), .text(upload?.contentType),
            .textArray(replacedKeys), .text(RepositorySupport.folded(title)),
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
    /// Returns all rows, whose first columns are those of ``VideoColumn``, readable or not.
    ///
    /// - Throws: A `CatalogError` with the code `storeFailure` if the rows have other columns.
    func storedRows() throws -> [StoredRow] { try (0..<rowCount).map { try reading($0) { StoredRow($0) } } }

    /// Returns the first row, or `nil` if there are no rows.
    ///
    /// - Throws: A `CatalogError` with the code `storeFailure` if the rows have other columns.
    func firstStoredRow() throws -> StoredRow? { try rowCount > 0 ? reading(0) { StoredRow($0) } : nil }

    /// Returns the video of the first row, or `nil` if there are no rows.
    ///
    /// - Throws: A `CatalogError` with the code `corruptRow` or `storeFailure`.
    func firstVideo() throws -> Video? { try firstStoredRow()?.decoded() }

    /// Calls a function with a reader of one row, whose first columns are those of ``VideoColumn``.
    ///
    /// - Parameters:
    ///   - row: The index of the row.
    ///   - count: The number of columns after those of ``VideoColumn`` that the function reads.
    ///   - read: The function. It returns `nil` if the row can't be identified.
    /// - Returns: The function's result.
    /// - Throws: A `CatalogError` with the code `storeFailure` if the rows have other columns, or the function returns
    ///   `nil`.
    func reading<Value>(_ row: Int, columnsAfterVideo count: Int = 0, _ read: (RowReader) -> Value?) throws -> Value {
        guard columnCount >= VideoColumn.allCases.count + count, ends.count == rowCount * columnCount else {
            throw CatalogError.otherColumns
        }
        let value = bytes.withUnsafeBytes { bytes in
            ends.withUnsafeBufferPointer { ends in
                read(RowReader(bytes: bytes, ends: ends, first: row * columnCount, format: format))
            }
        }
        guard let value else { throw CatalogError.otherColumns }
        return value
    }
}

extension CatalogError {
    static let otherColumns = CatalogError(
        .storeFailure, "The session returned rows with other columns than the statement selects.")
}

extension StoredRow {
    /// Decodes a row.
    ///
    /// Returns `nil` if the row has no identifier, which the table rules out.
    init?(_ row: RowReader) {
        do throws(RowReader.Corruption) {
            self = .video(try Video(row))
        } catch {
            guard let id = try? row.uuid(VideoColumn.id.index) else { return nil }
            let column = VideoColumn(rawValue: error.column)?.name ?? ""
            self = .unreadable(
                UnreadableRow(id: Video.ID(id), column: column),
                createdAtMicroseconds: row.microseconds(VideoColumn.createdAt.index))
        }
    }
}

extension Video {
    init(_ row: RowReader) throws(RowReader.Corruption) {
        let kindColumn = VideoColumn.state.index
        guard let kind = try State.Kind(rawValue: row.text(kindColumn)) else { throw .init(column: kindColumn) }
        let versionColumn = VideoColumn.version.index
        guard let version = try row.integer(versionColumn).flatMap(Int.init(exactly:)), version >= 1 else {
            throw .init(column: versionColumn)
        }
        let failureReason = row.optionalText(VideoColumn.failureReason.index)
        guard (kind == .failed) == (failureReason != nil) else {
            throw .init(column: VideoColumn.failureReason.index)
        }
        self.init(
            id: ID(try row.uuid(VideoColumn.id.index)), title: try row.text(VideoColumn.title.index),
            objectKey: try row.text(VideoColumn.objectKey.index),
            uploadedBy: UserID(rawValue: try row.text(VideoColumn.uploadedBy.index)),
            state: State(kind: kind, failureReason: failureReason),
            version: version, createdAt: try row.requiredDate(.createdAt), updatedAt: try row.requiredDate(.updatedAt))
        description = row.optionalText(VideoColumn.description.index)
        sessionID = row.optionalText(VideoColumn.sessionID.index).map(CourseSessionID.init(rawValue:))
        contentType = row.optionalText(VideoColumn.contentType.index)
        byteSize = try row.integer(VideoColumn.byteSize.index)
        etag = row.optionalText(VideoColumn.etag.index)
        duration = try row.number(VideoColumn.duration.index)
        width = try row.pixels(.width)
        height = try row.pixels(.height)
        frameRate = try row.number(VideoColumn.frameRate.index)
        thumbnailKey = row.optionalText(VideoColumn.thumbnailKey.index)
        tags = try row.texts(VideoColumn.tags.index)
        metadata = try row.decoded(.metadata, empty: "{}", [:])
        // Of names that differ only in their composition, a dictionary keeps one.
        guard try row.memberCount(.metadata) == metadata.count else {
            throw .init(column: VideoColumn.metadata.index)
        }
        renditions = try row.decoded(.renditions, empty: "[]", [])
        visibility = Visibility(rawValue: try row.text(VideoColumn.visibility.index))
        externalID = row.optionalText(VideoColumn.externalID.index)
        uploadExpiresAt = try row.date(VideoColumn.uploadExpiresAt.index)
        uploadedAt = try row.date(VideoColumn.uploadedAt.index)
        readyAt = try row.date(VideoColumn.readyAt.index)
        deleteAfter = try row.date(VideoColumn.deleteAfter.index)
        deletedAt = try row.date(VideoColumn.deletedAt.index)
        purgeStartedAt = try row.date(VideoColumn.purgeStartedAt.index)
        upload = try row.upload()
        replacedKeys = try row.texts(VideoColumn.replacedKeys.index)
    }
}

extension RowReader {
    fileprivate func requiredDate(_ column: VideoColumn) throws(Corruption) -> Date {
        guard let date = try date(column.index) else { throw Corruption(column: column.index) }
        return date
    }

    fileprivate func pixels(_ column: VideoColumn) throws(Corruption) -> Int? {
        guard let number = try integer(column.index) else { return nil }
        guard let pixels = Int(exactly: number) else { throw Corruption(column: column.index) }
        return pixels
    }

    /// Returns the unfinished upload, or `nil` if its columns are NULL.
    fileprivate func upload() throws(Corruption) -> Video.Upload? {
        let key = optionalText(VideoColumn.uploadKey.index)
        let upload = Video.Upload(
            objectKey: key ?? "", id: optionalText(VideoColumn.uploadID.index),
            partSize: try integer(VideoColumn.uploadPartSize.index),
            byteSize: try integer(VideoColumn.uploadByteSize.index),
            contentType: optionalText(VideoColumn.uploadContentType.index))
        guard key == nil else { return upload }
        guard upload == Video.Upload(objectKey: "") else { throw Corruption(column: VideoColumn.uploadKey.index) }
        return nil
    }

    /// Returns the number of members of a JSON object whose values are strings.
    fileprivate func memberCount(_ column: VideoColumn) throws(Corruption) -> Int {
        var (count, isInString, isEscaped) = (0, false, false)
        for byte in try json(column.index) {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\"") {
                isInString.toggle()
            } else if isInString {
                isEscaped = byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: ":") {
                count += 1
            }
        }
        return count
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
