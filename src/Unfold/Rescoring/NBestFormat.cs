namespace Unfold.Rescoring;

/// <summary>How a file holds lists of hypotheses.</summary>
public enum NBestFormat
{
    /// <summary>One list a file, in one of SRILM's three formats: NBestList1.0, NBestList2.0, or lines of "acoustic language words text".</summary>
    Srilm,

    /// <summary>A text archive of Kaldi: "name-1 text", "name-2 text", with the costs in archives of their own.</summary>
    Kaldi,

    /// <summary>One list a line: {"id": "...", "hypotheses": [{"text": "...", "score": -1.5}], "reference": "..."}.</summary>
    Json,

    /// <summary>One list a file, each line the text of a hypothesis and nothing else: the channel says nothing. No file shows this by itself.</summary>
    Lines,
}
