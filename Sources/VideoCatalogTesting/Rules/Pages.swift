import VideoCatalog

extension ContractRule {
    static let pages: [ContractRule] = [
        ContractRule(
            "Pages of every size contain every video once, in order",
            hint: "the next page starts at the cursor's video in place of after it, or a video is lost between pages"
        ) { context in
            let videos = try await context.insert(count: 12)
            for order in VideoQuery.Order.allCases {
                let expected = order == .oldestFirst ? videos : videos.reversed()
                for size in Array(1...13) + [1000] {
                    let pages = try await context.pages(VideoQuery(order: order), size: size)
                    try context.expect(pages.flatMap(\.self), areExactly: expected, "all pages of \(size), \(order)")
                    let sizes = stride(from: 0, to: 12, by: size).map { min(size, 12 - $0) }
                    try context.expect(pages.map(\.count), is: sizes, "the sizes of the pages of \(size), \(order)")
                }
            }
        },
        ContractRule(
            "Videos with the same creation date are neither repeated nor skipped",
            hint: "the cursor is compared by createdAt alone. Compare (createdAt, id) as a pair"
        ) { context in
            let date = context.clock.now
            let videos = try await context.insert(count: 10) { video, number in
                video.createdAt = number < 8 ? date : date.moved(by: .microseconds(1))
            }
            let sorted = videos.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
            for order in VideoQuery.Order.allCases {
                for size in 1...4 {
                    let found = try await context.pages(VideoQuery(order: order), size: size).flatMap(\.self)
                    let expected = order == .oldestFirst ? sorted : sorted.reversed()
                    try context.expect(found, are: expected, "all pages of \(size), \(order)")
                }
            }
        },
        ContractRule(
            "Pages of a query contain the matching videos only",
            hint: "conditions are applied after the page was cut, or not on later pages"
        ) { context in
            var generator = SeededGenerator(seed: context.seed)
            let catalog = try await SampleCatalog(of: context, count: 30, using: &generator)
            for _ in 0..<20 {
                let query = catalog.randomQuery(using: &generator)
                let found = try await context.pages(query, size: 3).flatMap(\.self)
                try context.expect(
                    found, are: catalog.expected(query), "pages of 3 of \(query.brief) (seed \(context.seed))")
            }
        },
        ContractRule(
            "The last page has no cursor",
            hint: "a next page is reported although nothing is left. Read one video more than requested"
        ) { context in
            let empty = try await context.repository.videos(matching: VideoQuery(), page: .first(3))
            try context.expect(empty.next, is: nil, "the next page of an empty list")
            let videos = try await context.insert(count: 4)
            for (limit, hasNext) in [(3, true), (4, false), (5, false)] {
                let page = try await context.repository.videos(matching: VideoQuery(), page: .first(limit))
                try context.expect(
                    page.next != nil, is: hasNext, "the presence of a next page after \(limit) of 4 videos")
            }
            let cursor = VideoCursor(after: videos[0], order: .newestFirst)
            let beyond = try await context.repository.videos(matching: VideoQuery(), page: .after(cursor, limit: 3))
            try context.expect(beyond.videos, are: [], "the page after the last video")
            try context.expect(beyond.next, is: nil, "the next page after the last video")
        },
        ContractRule(
            "Pages stay in place while videos are inserted, deleted and changed",
            hint: "the cursor is a number of rows to skip (OFFSET), or the list is ordered by a field that changes"
        ) { context in
            for order in VideoQuery.Order.allCases {
                let user = UserID("\(order)")
                let videos = try await context.insert(count: 24) { video, number in
                    video.objectKey = "\(order)/\(number)"
                    video.uploadedBy = user
                }
                let list = order == .oldestFirst ? videos : videos.reversed()
                let query = VideoQuery(uploadedBy: user, order: order)
                let first = try await context.repository.videos(matching: query, page: .first(6))
                try context.expect(first.videos, are: Array(list[..<6]), "the first page, \(order)")
                // Already seen: two go, one comes, one changes. Ahead: one goes, one comes, one changes. The cursor's
                // goes.
                for index in [0, 3, 5, 8] { _ = try await context.repository.delete(list[index].id, expecting: nil) }
                for index in [1, 9] {
                    _ = try await context.repository.update(
                        list[index].id, expecting: 1, context.changes { $0.title = .set("New") })
                }
                let step = Duration.microseconds(order == .oldestFirst ? 1 : -1)
                try await context.insert("\(order)/behind") {
                    $0.createdAt = list[2].createdAt.moved(by: step)
                    $0.uploadedBy = user
                }
                let ahead = try await context.insert("\(order)/ahead") {
                    $0.createdAt = list[7].createdAt.moved(by: step)
                    $0.uploadedBy = user
                }
                var expected = Array(list[6...])
                expected[2] = ahead
                let rest = try await context.pages(query, size: 6, after: first.next).flatMap(\.self)
                try context.expect(rest, are: expected, "the pages after the first one, \(order)")
            }
        },
        ContractRule(
            "A cursor of the other order fails",
            hint: "RepositorySupport.startPosition(of:in:) isn't called"
        ) { context in
            let videos = try await context.insert(count: 3)
            for (order, other) in [
                (VideoQuery.Order.oldestFirst, VideoQuery.Order.newestFirst), (.newestFirst, .oldestFirst),
            ] {
                let cursor = VideoCursor(after: videos[1], order: order)
                try await context.expectError(.invalidCursor, "a cursor of \(order) for \(other)") {
                    try await context.repository.videos(
                        matching: VideoQuery(order: other), page: .after(cursor, limit: 1))
                }
            }
        },
        ContractRule(
            "A changed cursor fails or continues elsewhere in the same list",
            hint: "the repository looks up the cursor's video, or relies on its existence"
        ) { context in
            let date = context.clock.now
            var videos = try await context.insert(count: 9) { video, number in
                video.uploadedBy = number == 4 ? "other" : "user"
                video.createdAt = date.moved(by: .microseconds(number / 3))
            }
            videos[5] = try await context.repository.delete(videos[5].id, expecting: nil)
            let sorted = videos.filter { $0.uploadedBy == "user" && !$0.isDeleted }
                .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
            for text in VideoCursor(after: videos[3], order: .oldestFirst).description.tampered() {
                guard let cursor = try? VideoCursor(text), cursor.order == .oldestFirst else { continue }
                let page = try await context.repository.videos(
                    matching: VideoQuery(uploadedBy: "user", order: .oldestFirst), page: .after(cursor, limit: 1000))
                let expected = sorted.filter {
                    (cursor.position.createdAt.date, cursor.position.id) < ($0.createdAt, $0.id)
                }
                try context.expect(page.videos, areExactly: expected, "the page after the tampered cursor \(text)")
            }
        },
        ContractRule(
            "A page has 1 to 1,000 videos",
            hint: "a limit out of range is moved into it. Call RepositorySupport.startPosition(of:in:)"
        ) { context in
            let video = try await context.insert("k")
            for limit in [0, -1, 1001, Int.max, Int.min] {
                try await context.expectError(.invalidArgument, "a page of \(limit)") {
                    try await context.repository.videos(matching: VideoQuery(), page: .first(limit))
                }
            }
            for limit in [1, 1000] {
                try context.expect(
                    try await context.list(VideoQuery(), limit: limit), are: [video], "a page of \(limit)")
            }
        },
    ]
}

extension RuleContext {
    /// Returns all pages of a query, or those after a cursor, at most 100.
    func pages(_ query: VideoQuery, size: Int, after cursor: VideoCursor? = nil) async throws -> [[Video]] {
        var request: PageRequest? = PageRequest(limit: size, after: cursor)
        var pages = [[Video]]()
        while let current = request {
            try expect(pages.count < 100, "the pages of a short list", "an end", but: "more than 100 pages")
            let page = try await repository.videos(matching: query, page: current)
            if !(pages.isEmpty && page.videos.isEmpty) { pages.append(page.videos) }
            request = page.next.map { .after($0, limit: size) }
        }
        return pages
    }
}

extension String {
    /// Returns the string with each character changed in several ways, shortened and lengthened.
    fileprivate func tampered() -> [String] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let characters = Array(self)
        var texts = ["", self + "A", String(dropLast()), "é" + dropFirst()]
        for (index, character) in characters.enumerated() {
            guard let value = alphabet.firstIndex(of: character) else { continue }
            for bit in 0..<6 {
                var changed = characters
                changed[index] = alphabet[value ^ (1 << bit)]
                texts.append(String(changed))
            }
        }
        return texts
    }
}
