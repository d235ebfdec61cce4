using Microsoft.Win32.SafeHandles;

namespace Unfold.Text;

/// <summary>Takes a known number of token ids one by one and makes a store of them, in memory or on disk by their size.</summary>
public sealed class TokenStoreBuilder
{
    /// <summary>How many bytes of tokens are kept in memory unless told otherwise: 256 MB.</summary>
    public const long DefaultMemoryLimit = 256L << 20;

    private const int BlockBytes = 1 << 18;

    private readonly int _vocabularySize;
    private readonly int _width;
    private readonly long _expected;
    private readonly string _folder;
    private readonly byte[] _buffer;
    private readonly SafeFileHandle? _file;
    private int _filled;
    private long _written;
    private long _count;

    /// <summary>Starts a store of exactly <paramref name="count"/> ids in [0, <paramref name="vocabularySize"/>).</summary>
    /// <param name="vocabularySize">Up to 256 ids take one byte each, up to 65,536 two, more take four.</param>
    /// <param name="count">How many ids will be added.</param>
    /// <param name="memoryLimit">A store of more bytes goes to a temporary file; at most 1 GB is ever kept in memory.</param>
    /// <param name="temporaryFolder">Where that file lies; the system's temporary folder by default.</param>
    /// <exception cref="UnfoldException">The temporary file cannot be made.</exception>
    public TokenStoreBuilder(int vocabularySize, long count, long memoryLimit = DefaultMemoryLimit, string? temporaryFolder = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _vocabularySize = vocabularySize;
        _expected = count;
        _width = PackedTokens.WidthFor(vocabularySize);
        _folder = temporaryFolder ?? Path.GetTempPath();
        long bytes = checked(count * _width);
        if (bytes > Math.Min(memoryLimit, 1L << 30))
        {
            _buffer = new byte[BlockBytes];
            _file = DiskTokenStore.CreateFile(_folder, bytes);
        }
        else
        {
            _buffer = new byte[bytes];
        }
    }

    /// <summary>Adds the next id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">All the ids that were announced are there already.</exception>
    /// <exception cref="UnfoldException">The temporary file cannot be written.</exception>
    public void Add(int token)
    {
        if ((uint)token >= (uint)_vocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The vocabulary has ids 0 to {_vocabularySize - 1}.");
        }

        if (_count == _expected)
        {
            throw new InvalidOperationException($"The store was announced to hold {_expected} tokens, and one more came.");
        }

        PackedTokens.Put(_buffer.AsSpan(_filled), _width, token);
        _filled += _width;
        _count++;
        if (_file is not null && _filled == _buffer.Length)
        {
            WriteBlock(_file);
        }
    }

    /// <summary>Ends the store.</summary>
    /// <exception cref="InvalidOperationException">Fewer ids came than were announced.</exception>
    /// <exception cref="UnfoldException">The temporary file cannot be written.</exception>
    public TokenStore Build()
    {
        if (_count != _expected)
        {
            throw new InvalidOperationException($"The store was announced to hold {_expected} tokens, but {_count} came.");
        }

        if (_file is null)
        {
            return new MemoryTokenStore(_buffer, _width, 0, _count);
        }

        WriteBlock(_file);
        return new DiskTokenStore(_file, _width, 0, _count);
    }

    private void WriteBlock(SafeFileHandle file)
    {
        try
        {
            RandomAccess.Write(file, _buffer.AsSpan(0, _filled), _written);
        }
        catch (IOException failure)
        {
            throw new UnfoldException($"The encoded text could not be written to the temporary folder {_folder}: {failure.Message}", failure);
        }

        _written += _filled;
        _filled = 0;
    }
}
