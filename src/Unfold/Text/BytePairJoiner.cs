using System.Buffers;
using System.Text;

namespace Unfold.Text;

/// <summary>Writes subwords one after the other. Symbols of bytes wait until they make a character; those that never do become U+FFFD.</summary>
internal sealed class BytePairJoiner : TokenJoiner
{
    private readonly List<byte> _waiting = [];

    public override string Next(string token)
    {
        int value = BytePairEncoding.ByteOf(token);
        if (value < 0)
        {
            return Flush() + token;
        }

        _waiting.Add((byte)value);
        return Take(OperationStatus.NeedMoreData);
    }

    public override string Flush() => Take(until: null);

    private string Take(OperationStatus? until)
    {
        var text = new StringBuilder();
        while (_waiting.Count > 0)
        {
            OperationStatus status = Rune.DecodeFromUtf8([.. _waiting], out Rune rune, out int used);
            if (status == until)
            {
                break;
            }

            text.Append(rune);
            _waiting.RemoveRange(0, used);
        }

        return text.ToString();
    }
}
