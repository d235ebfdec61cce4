namespace Unfold.Text;

/// <summary>
/// The rules of the embedded corpus. In every sentence something near the end (a pronoun, a verb's number, a noun's measure word)
/// is decided near the beginning, with more than two words and characters in between, so that a trigram cannot see it.
/// </summary>
internal static class EmbeddedGrammar
{
    public const string Rules =
        """
        sentence = 2*{english} | 3*{chinese}

        # English. The persons; the values of [p] below.
        subject_i = i
        subject_you = you
        subject_he = he | the boy
        subject_she = she | the girl
        subject_we = we
        subject_they = they | the boys | the girls
        noun_he = the boy
        noun_she = the girl
        noun_they = the boys | the girls
        object_i = me
        object_you = you
        object_he = him
        object_she = her
        object_we = us
        object_they = them
        own_i = my
        own_you = your
        own_he = his
        own_she = her
        own_we = our
        own_they = their
        self_i = myself
        self_you = yourself
        self_he = himself
        self_she = herself
        self_we = ourselves
        self_they = themselves
        [p: i he she] was_[p] = was
        [p: you we they] was_[p] = were
        [p: i you we they] go_[p] = go
        [p: he she] go_[p] = goes

        english = {en_i} | {en_you} | 1.5*{en_he} | 1.5*{en_she} | {en_we} | 1.5*{en_they} | 2*{en_relative} | {en_number}
        [p: i you he she we they] en_[p] = {late_[p]} | {lost_[p]} | {fell_[p]} | {if_[p]}
        [p: i you he she we they] late_[p] = {subject_[p]} {was_[p]} late for {event} {past}, so the {elder} {judged} {object_[p]}.
        [p: i you he she we they] lost_[p] = {past} {subject_[p]} lost a {thing} in the {place}, but the {elder} found it and gave it back to {object_[p]}.
        [p: i you he she we they] fell_[p] = {subject_[p]} fell down near the {place} {past} and hurt {self_[p]}.
        [p: i you he she we they] if_[p] = if {subject_[p]} {go_[p]} to the {place} tomorrow, the {elder} will bring {own_[p]} {thing}.
        en_relative = {relative_he} | {relative_she} | {relative_they}
        [p: he she they] relative_[p] = {noun_[p]} who saw the {animal} in the {place} {was_[p]} {mood} and told {own_[p]} friends.
        en_number = the {thing} that the {elder} bought {past} was too small, so {nobody} wanted it. | the {things} that the {elder} bought {past} were too small, so {nobody} wanted them.
        event = school | work | dinner | the train
        past = yesterday | this morning | last week | on monday | last night
        elder = teacher | doctor | father | nurse | old king | baker
        judged = scolded | forgave | waited for | laughed at
        thing = book | coat | key | hat | letter
        things = books | coats | keys | hats | letters
        place = park | market | garden | forest | station
        animal = cat | cats | dog | dogs | bird | birds
        mood = happy | afraid | tired | angry
        nobody = nobody | no one

        # Chinese. The persons again.
        zh_i = 我
        zh_you = 你
        zh_he = 他
        zh_she = 她
        zh_we = 我们
        zh_they = 他们

        chinese = {cn_i} | {cn_you} | {cn_he} | {cn_she} | {cn_we} | {cn_they}
        [p: i you he she we they] cn_[p] = {cn_late_[p]} | {cn_lost_[p]} | {cn_though_[p]} | {cn_because_[p]} | 2*{cn_bought_[p]}
        [p: i you he she we they] cn_late_[p] = {zh_[p]}{cn_past}{cn_event}迟到了，{cn_elder}{cn_judged}了{zh_[p]}
        [p: i you he she we they] cn_lost_[p] = {zh_[p]}把{cn_thing}忘在{cn_place}里了，{cn_elder}找到以后还给了{zh_[p]}
        [p: i you he she we they] cn_though_[p] = 虽然{zh_[p]}{cn_past}很{cn_mood}，但是{cn_elder}没有来看{zh_[p]}
        [p: i you he she we they] cn_because_[p] = 因为{zh_[p]}{cn_past}没有去{cn_place}，所以{cn_elder}很担心{zh_[p]}
        [p: i you he she we they] cn_bought_[p] = {zh_[p]}在{cn_place}买了一{cn_goods}，{cn_elder}也想跟{zh_[p]}一起去
        cn_goods = 只{cn_kind}的{cn_pet} | 本{cn_kind}的{cn_paper} | 件{cn_kind}的{cn_cloth}
        cn_past = 昨天 | 今天 | 上星期 | 周末 | 早上
        cn_event = 上学 | 上班 | 开会 | 吃饭
        cn_elder = 老师 | 医生 | 爸爸 | 奶奶 | 邻居 | 校长
        cn_judged = 批评 | 原谅 | 安慰 | 等
        cn_thing = 书包 | 钥匙 | 雨伞 | 帽子 | 手机
        cn_place = 公园 | 市场 | 花园 | 车站 | 学校
        cn_mood = 高兴 | 害怕 | 累 | 生气
        cn_kind = 很漂亮 | 特别便宜 | 非常可爱 | 有点旧
        cn_pet = 猫 | 狗 | 鸟
        cn_paper = 书 | 词典 | 小说
        cn_cloth = 大衣 | 毛衣 | 衬衫
        """;
}
