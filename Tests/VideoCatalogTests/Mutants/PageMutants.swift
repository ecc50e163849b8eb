import VideoCatalog

extension Mutant {
    static let pages: [Mutant] = [
        Mutant(
            "a page repeats the last video of the one before",
            breaks: "Pages of every size contain every video once, in order"
        ) { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                if let cursor = request.cursor, let last = try await base.row(cursor.position.id) {
                    page.videos = [last] + page.videos.dropLast()
                }
                return page
            }
        },
        Mutant("a page leaves one out", breaks: "Pages of every size contain every video once, in order") {
            operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                if request.cursor != nil { page.videos = Array(page.videos.dropFirst()) }
                return page
            }
        },
        Mutant(
            "a cursor is an instant", breaks: "Videos with the same creation date are neither repeated nor skipped"
        ) { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                page.videos.removeAll { $0.createdAt == request.cursor?.position.createdAt.date }
                return page
            }
        },
        Mutant(
            "later pages forget the conditions",
            breaks: "Pages of a query contain the matching videos only"
        ) { operations, _ in
            operations.page = { base, query, request in
                let forgotten = request.cursor == nil ? query : VideoQuery(deletion: query.deletion, order: query.order)
                return try await base.videos(matching: forgotten, page: request)
            }
        },
        Mutant("there is always a next page", breaks: "The last page has no cursor") { operations, _ in
            operations.page = { base, query, request in
                var page = try await base.videos(matching: query, page: request)
                page.next = page.videos.last.map { VideoCursor(after: $0, order: query.order) }
                return page
            }
        },
        Mutant(
            "a cursor is a number of rows", breaks: "Pages stay in place while videos are inserted, deleted and changed"
        ) {
            operations, _ in
            let offsets = Memory<[VideoCursor: Int]>([:])
            operations.page = { base, query, request in
                let offset = request.cursor.flatMap { cursor in offsets.with { $0[cursor] } } ?? 0
                let rest = try await base.all(query).dropFirst(offset)
                let page = RepositorySupport.makePage(from: Array(rest), for: request, order: query.order)
                if let next = page.next { offsets.with { $0[next] = offset + page.videos.count } }
                return page
            }
        },
        Mutant("a cursor of the other order is taken", breaks: "A cursor of the other order fails") {
            operations, _ in
            operations.page = { base, query, request in
                guard let cursor = request.cursor, cursor.order != query.order else {
                    return try await base.videos(matching: query, page: request)
                }
                return try await base.videos(matching: query, page: .first(request.limit))
            }
        },
        Mutant(
            "the cursor's video is looked up",
            breaks: "A changed cursor fails or continues elsewhere in the same list"
        ) { operations, _ in
            operations.page = { base, query, request in
                if let cursor = request.cursor, try await base.row(cursor.position.id) == nil {
                    return try await base.videos(matching: query, page: .first(request.limit))
                }
                return try await base.videos(matching: query, page: request)
            }
        },
        Mutant("the limit is moved into its range", breaks: "A page has 1 to 1,000 videos") { operations, _ in
            operations.page = { base, query, request in
                try await base.videos(
                    matching: query, page: PageRequest(limit: min(max(request.limit, 1), 1000), after: request.cursor))
            }
        },
    ]
}
