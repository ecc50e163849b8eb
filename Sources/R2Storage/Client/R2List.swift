#if Storage
/// What a bucket lists, page after page, each asked for while the one before is being read.
///
/// The first page is asked for when the first element is. A page that fails ends the list with its error; an end without
/// an error means that the list is whole.
public struct R2List<Element: Sendable>: AsyncSequence, Sendable {
    /// One page, and how to get the next.
    struct Page: Sendable {
        let elements: [Element]
        let next: (@Sendable () async throws -> Page)?
    }

    private let first: @Sendable () async throws -> Page

    init(_ first: @escaping @Sendable () async throws -> Page) { self.first = first }

    /// Begins to list.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(first) }

    /// Goes through the pages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var elements: ArraySlice<Element> = []
        private var fetch: (@Sendable () async throws -> Page)?
        private var fetched: Fetched?

        fileprivate init(_ first: @escaping @Sendable () async throws -> Page) { fetch = first }

        /// The next element; `nil` at the end of the list.
        public mutating func next() async throws -> Element? {
            while true {
                if let element = elements.popFirst() { return element }
                guard let coming = fetched ?? fetch.map(Fetched.init) else { return nil }
                fetch = nil
                fetched = nil
                let page = try await coming.page()
                elements = page.elements[...]
                fetched = page.next.map(Fetched.init)
            }
        }
    }

    /// A page that is being fetched, until nobody waits for it any more.
    private final class Fetched: Sendable {
        private let task: Task<Page, any Error>

        init(_ fetch: @escaping @Sendable () async throws -> Page) { task = Task { try await fetch() } }

        deinit { task.cancel() }

        func page() async throws -> Page {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }
}
#endif
