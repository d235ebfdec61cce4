namespace Unfold.Experiments.Data;

/// <summary>One number at each of many equally spaced times.</summary>
/// <param name="Times">The times as the file writes them, ascending: "1949-01" or "1981-01-01".</param>
/// <param name="Values">The numbers, as many.</param>
internal sealed record MeasuredSeries(IReadOnlyList<string> Times, double[] Values)
{
    /// <summary>The file of the airline passengers, inside of the data folder.</summary>
    public const string AirlineFile = "timeseries/airline-passengers.csv";

    /// <summary>The file of the sunspots, inside of the data folder.</summary>
    public const string SunspotsFile = "timeseries/monthly-sunspots.csv";

    /// <summary>The file of the temperatures, inside of the data folder.</summary>
    public const string TemperaturesFile = "timeseries/daily-min-temperatures.csv";

    /// <summary>International airline passengers, thousands a month, 1949 to 1960 (Box and Jenkins, 1976).</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged.</exception>
    public static MeasuredSeries Airline(DataFolder folder) => Read(folder.Path(AirlineFile), "Month,Passengers");

    /// <summary>Sunspot numbers of Zurich, monthly, 1749 to 1983 (Andrews and Herzberg, 1985).</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged.</exception>
    public static MeasuredSeries Sunspots(DataFolder folder) => Read(folder.Path(SunspotsFile), "Month,Sunspots");

    /// <summary>Lowest temperatures of each day in Melbourne, degrees Celsius, 1981 to 1990; the last days of leap years are left out.</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged.</exception>
    public static MeasuredSeries Temperatures(DataFolder folder) => Read(folder.Path(TemperaturesFile), "Date,Temp");

    private static MeasuredSeries Read(string path, string header)
    {
        CsvTable table = CsvTable.Read(path, header);
        string before = "";
        foreach (CsvRow row in table.Rows)
        {
            if (row.Cells[0].Length == 0 || string.CompareOrdinal(row.Cells[0], before) <= 0)
            {
                throw row.Line.Damaged($"a time after {DataLine.Excerpt(before)} was wanted; found {DataLine.Excerpt(row.Cells[0])}");
            }

            before = row.Cells[0];
        }

        return new MeasuredSeries([.. table.Rows.Select(row => row.Cells[0])], [.. table.Rows.Select(row => row.Number(1))]);
    }
}
