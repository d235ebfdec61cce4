namespace Unfold.Channels;

/// <summary>Slips of the eye: characters that look alike in print, Latin letters, digits and Chinese.</summary>
public static class ShapeConfusions
{
    private static readonly string[] Alike =
    [
        "l1I|", "O0oQD", "S5s", "Z2z", "B8", "G6C", "g9q", "ceo", "ao", "uv", "vy", "nhm", "hbk", "ij", "tf", "rn", "EF", "PR", "MN", "UV", "wv", ".,", ":;", "pq",
        "己已巳", "未末", "土士", "日曰", "人入八", "大太犬", "木本", "王玉", "千干", "天夫", "田由甲", "目自白", "刀力", "旦且", "鸟乌", "今令", "午牛", "问间",
        "代伐", "住往", "侯候", "拔拨", "折拆", "晴睛", "清情", "微徽", "风凤", "子孑", "戊戌", "几九", "免兔", "贝见", "处外",
    ];

    /// <summary>All pairs that look alike.</summary>
    public static IEnumerable<(string Symbol, string Observed, double Weight)> All() =>
        from alike in Alike from one in alike.EnumerateRunes() from other in alike.EnumerateRunes() where one != other select ($"{one}", $"{other}", 1.0);
}
