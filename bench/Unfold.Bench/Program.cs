using System.Diagnostics;
using Unfold.Numerics;
using Unfold.Numerics.Products;
var rnd = new SeededRandom(1); float[] R(int n) { var x = new float[n]; for (int i = 0; i < n; i++) x[i] = (float)rnd.NextNormal(); return x; }
foreach (int th in new[] { 1, 2 })
{
    var w = new Workers(th);
    void T(string name, double flop, Action f) { f(); f(); double best = 1e9; var l = new List<double>(); for (int r = 0; r < 15; r++) { var s = Stopwatch.GetTimestamp(); f(); l.Add(Stopwatch.GetElapsedTime(s).TotalSeconds); } l.Sort(); Console.WriteLine($"th{th} {name,-28} best {flop / l[0] / 1e9,7:f1} med {flop / l[7] / 1e9,7:f1} GFLOP/s {l[7] * 1e6:f0} us"); }
    int B = 50, H = 256, G = 1024, TB = 2000;
    foreach (int pad in new[] { 0, 16 })
    {
        int Gs = G + pad; var h = R(B * H); var W = R(H * G); var g = R(TB * Gs); var hh = R(TB * H); var dW = R(H * G); var pm = new PackedMatrix(); pm.Pack(new MatrixView(W, H, G), w); var pt = new PackedMatrix(); pt.Pack(new MatrixView(W, H, G).Transposed, w);
        T($"recur fwd B50 pad{pad}", 2.0 * B * H * G * 40, () => w.Run(p => { var (s, e) = w.Share(B, p); for (int t = 0; t < 40; t++) pm.Multiply(h.AsSpan(s * H), H, e - s, g.AsSpan((t * B + s) * Gs), Gs, Accumulation.Add); }));
        T($"recur bwd B50 pad{pad}", 2.0 * B * H * G * 40, () => w.Run(p => { var (s, e) = w.Share(B, p); for (int t = 0; t < 40; t++) pt.Multiply(g.AsSpan((t * B + s) * Gs), Gs, e - s, h.AsSpan(s * H), H, Accumulation.Overwrite); }));
        T($"dW TN pad{pad}", 2.0 * TB * H * G, () => MatrixProduct.Multiply(w, new MatrixView(hh, TB, H).Transposed, new MatrixView(g, TB, G, Gs), dW, Accumulation.Add));
        T($"proj NN pad{pad}", 2.0 * TB * H * G, () => MatrixProduct.Multiply(w, new MatrixView(hh, TB, H), new MatrixView(W, H, G), g, Accumulation.Overwrite, Gs));
        T($"dX NT pad{pad}", 2.0 * TB * H * G, () => MatrixProduct.Multiply(w, new MatrixView(g, TB, G, Gs), new MatrixView(W, H, G).Transposed, hh, Accumulation.Overwrite));
        T($"pack", W.Length * 2.0, () => pm.Pack(new MatrixView(W, H, G), w)); T($"packT", W.Length * 2.0, () => pt.Pack(new MatrixView(W, H, G).Transposed, w));
        var x1 = R(H); var g1 = R(G); T("row", 2.0 * H * G, () => pm.Multiply(x1, H, 1, g1, G, Accumulation.Overwrite));
    }
    {
        var hh = R(700 * 650); var W = R(650 * 10000); var lo = R(700 * 10000); var d = R(650 * 10000);
        T("logits 700x10000x650", 2.0 * 700 * 650 * 10000, () => MatrixProduct.Multiply(w, new MatrixView(hh, 700, 650), new MatrixView(W, 650, 10000), lo, Accumulation.Overwrite));
        T("dH", 2.0 * 700 * 650 * 10000, () => MatrixProduct.Multiply(w, new MatrixView(lo, 700, 10000), new MatrixView(W, 650, 10000).Transposed, hh, Accumulation.Overwrite));
        T("dW", 2.0 * 700 * 650 * 10000, () => MatrixProduct.Multiply(w, new MatrixView(hh, 700, 650).Transposed, new MatrixView(lo, 700, 10000), d, Accumulation.Overwrite));
    }
}
