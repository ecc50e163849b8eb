#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `growth-benchmark`: prints the kinds of work, one per line, with tabs between a name, a number of calls, the maximum
/// exponent, and the sizes of the input.
///
/// `growth-benchmark NAME SIZE CALLS`: prepares the input of a size, and performs the work as often as told. The
/// difference between two numbers of calls excludes the preparation.
@main
enum Main {
    /// Prepares the input of a size, and returns a closure that performs the work once.
    ///
    /// The closure returns a number that depends on all of its work.
    typealias Prepare = (Int) async throws -> () async throws -> Int

    /// A limit on how the cost grows with the size.
    enum Growth: Double {
        /// As the size does, and a tenth more for allocations.
        case linear = 1.1
        /// Not at all, or as the depth of a tree does.
        case none = 0.2
    }

    struct Work {
        let name: String
        let growth: Growth
        let sizes: [Int]
        let prepare: Prepare

        init(_ name: String, _ growth: Growth, _ sizes: [Int], _ prepare: @escaping Prepare) {
            self.name = name
            self.growth = growth
            self.sizes = sizes
            self.prepare = prepare
        }

        /// The number of calls to count.
        ///
        /// A cheap one is counted more often, because everything that the process does is counted.
        var calls: Int { growth == .linear ? 2 : 50 }
    }

    static func main() async throws {
        let works = Signing.works + Listings.works + Catalogs.works
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.isEmpty {
            for work in works {
                let sizes = work.sizes.map(String.init).joined(separator: " ")
                print("\(work.name)\t\(work.calls)\t\(work.growth.rawValue)\t\(sizes)")
            }
            return
        }
        guard arguments.count == 3, let work = works.first(where: { $0.name == arguments[1] }),
            let size = Int(arguments[2]), let calls = Int(arguments[3])
        else {
            print("usage: growth-benchmark [NAME SIZE CALLS]")
            exit(2)
        }
        let perform = try await work.prepare(size)
        for _ in 0..<calls {
            guard try await perform() > 0 else { exit(1) }
        }
    }
}
